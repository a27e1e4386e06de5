import type { ClientBase, QueryArrayResult } from 'pg';
import { createHash } from 'node:crypto';
import { sqlState } from './postgres-error.ts';

/**
 * Statements that each connection's server parses and plans once: half of what a batch of rotations costs it otherwise.
 * A pooler may send one statement here and the next one there, to a connection that knows nothing of the first, or where another
 * client has given the name: the server then refuses the statement and does nothing, and from then on none is named.
 */
export interface PreparedStatements {
  /** Runs one statement outside of any transaction; rows as arrays. */
  run(client: ClientBase, text: string, values: unknown[]): Promise<QueryArrayResult>;
}

/** No such statement, and: there is one of that name. */
const REFUSED_NAMES = ['26000', '42P05'];
/** A plan that was made for other columns. */
const OUTDATED_PLAN = '0A000';

/** A plan is made anew after so many uses: what was right for a small table may be wrong for a large one. */
const MOST_USES = 256;

export function createPreparedStatements(): PreparedStatements {
  const names = new Map<string, string>();
  const uses = new WeakMap<ClientBase, number>();
  let mayName = true;

  /** The same for the same text only, whichever process gives it. */
  function nameOf(text: string): string {
    const known = names.get(text);
    if (known !== undefined) return known;
    const name = `watchword_${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
    names.set(text, name);
    return name;
  }

  async function renewPlans(client: ClientBase): Promise<void> {
    const used = (uses.get(client) ?? 0) + 1;
    uses.set(client, used % MOST_USES);
    if (used === MOST_USES) await client.query('DISCARD PLANS');
  }

  return {
    run: async (client, text, values) => {
      if (mayName) {
        await renewPlans(client);
        try {
          return await client.query({ name: nameOf(text), text, values, rowMode: 'array' });
        } catch (error) {
          const state = sqlState(error) ?? '';
          if (state !== OUTDATED_PLAN && !REFUSED_NAMES.includes(state)) throw error;
          mayName = false;
        }
      }
      return client.query({ text, values, rowMode: 'array' });
    },
  };
}
