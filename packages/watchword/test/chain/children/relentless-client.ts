/**
 * Uses an installation without rest until it is killed, and tells on standard output, one line of JSON each, what it is
 * about to do where that can do harm, and what was acknowledged.
 * Usage: relentless-client.ts DATABASE
 */
import { writeSync } from 'node:fs';
import { createWatchword } from '../../../src/facade/index.ts';
import { sqlite } from '../../../src/stores/sqlite/index.ts';
import { ISSUER } from '../../facade/support/installation.ts';
import { claim } from '../../facade/support/tokens.ts';

export type Kind = 'token' | 'session' | 'subject' | 'all';

export type Told =
  | { readonly what: 'starting'; readonly subject: string; readonly call: string }
  | {
      readonly what: 'started' | 'rotated';
      readonly subject: string;
      readonly call: string;
      readonly session: string;
      readonly generation: number;
      readonly refreshToken: string;
      readonly accessToken: string;
    }
  | {
      readonly what: 'revoking' | 'revoked';
      readonly kind: Kind;
      readonly id: string;
      readonly call: string;
    };

const CLIENTS = 8;
const auth = await createWatchword({
  issuer: ISSUER,
  store: sqlite(process.argv[2] ?? ''),
  raceWindowMs: 0,
});

/** Synchronously, so that what was told is out of this process when the next thing is begun. */
function tell(told: Told): void {
  writeSync(1, `${JSON.stringify(told)}\n`);
}

async function revoke(kind: Kind, id: string, call: string): Promise<void> {
  tell({ what: 'revoking', kind, id, call });
  await (kind === 'all' ? auth.revoke.all() : auth.revoke[kind](id));
  tell({ what: 'revoked', kind, id, call });
}

async function live(client: number, round: number): Promise<void> {
  const call = `${process.pid}/${client}/${round}`;
  const subject = `user ${client}`;
  const before = allRevocations.done;
  tell({ what: 'starting', subject, call });
  let tokens = await auth.sessions.start({ subject });
  const session = tokens.session.id;
  for (let generation = 1; ; generation += 1) {
    const { refreshToken, accessToken } = tokens;
    const what = generation === 1 ? 'started' : 'rotated';
    tell({ what, subject, call, session, generation, refreshToken, accessToken });
    if (generation > 1 + (round % 4)) break;
    try {
      tokens = await auth.sessions.refresh(refreshToken);
    } catch (error) {
      // Whoever was signed out with everybody else is to be refused; nobody else is.
      if (allRevocations.begun === before) throw error;
      return;
    }
  }
  if (round % 8 === 7) await revoke('subject', subject, call);
  else if (round % 4 === 2) await revoke('token', claim(tokens.accessToken, 'jti'), call);
  else if (round % 2 === 1) await revoke('session', session, call);
}

/** How often everybody was signed out. */
const allRevocations = { begun: 0, done: 0 };

async function liveForEver(client: number): Promise<never> {
  for (let round = client; ; round += 1) {
    await live(client, round);
    if (client !== 0 || round % 12 !== 11) continue;
    allRevocations.begun += 1;
    await revoke('all', '', `${process.pid}/all/${round}`);
    allRevocations.done += 1;
  }
}

await Promise.all(Array.from({ length: CLIENTS }, (_, client) => liveForEver(client)));
