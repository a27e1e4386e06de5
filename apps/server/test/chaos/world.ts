import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Watchword } from 'watchword';
import { findFreePort } from '../../../../tools/test-servers/free-port.ts';
import { SECRET, temporaryFolder } from '../start/server-process.ts';
import { createChaosServer, type ChaosServer } from './chaos-server.ts';
import { issueCases, openBeside } from './installation.ts';
import { readLog, type StoredLog } from './log-reader.ts';
import { monotonicMs } from './monotonic.ts';
import { Referee, type Break, type Case } from './referee.ts';
import type { NamedToken, VerifierSettings } from './verifier-messages.ts';
import { createVerifierProcess, type VerifierProcess } from './verifier-process.ts';

/** How long whatever broke may take to be as before, once it is there again. */
const RECOVERY_MS = 15_000;
/** Of tokens that are issued together so many are verified all the time. */
const SAMPLED = 30;

/** Servers of one installation, and services that follow its revocations under the eyes of a referee. */
export interface World {
  readonly referee: Referee;
  readonly auth: Watchword;
  readonly databaseUrl: string;
  readonly folder: string;
  /** Adds a server, by its own ways to the database and to Redis. */
  addServer(databaseUrl: string, redisUrl?: string): Promise<ChaosServer>;
  /** Adds a service that reaches the issuer there. */
  addVerifier(name: string, server: string, more?: Partial<VerifierSettings>): Promise<VerifierProcess>;
  /** Starts one again that was ended. */
  restart(verifier: VerifierProcess): Promise<void>;
  /** Issues tokens, some of which the services verify from now on. */
  issue(prefix: string, count: number): Promise<readonly Case[]>;
  /** Judges what all services have answered since. */
  judge(): Promise<void>;
  /**
   * Breaks something for these verifiers so that they can learn nothing, waits, mends it, and waits until they know what is new.
   */
  outage(what: string, names: readonly string[], outage: Outage): Promise<void>;
  /** Waits, once all is mended, until these know what is new, which ends the break. */
  recover(broken: Break): Promise<void>;
  /** Waits until all services know exactly what the log has, and says what it has. */
  converge(more?: { readonly kept?: readonly Case[] }): Promise<StoredLog>;
}

export interface Outage {
  begin(): unknown;
  readonly forMs: number;
  /** What is done meanwhile. */
  meanwhile?(): Promise<void>;
  end(): unknown;
}

export async function startWorld(t: TestContext, databaseUrl: string): Promise<World> {
  const folder = await temporaryFolder(t);
  const issuer = `http://localhost:${await findFreePort()}`;
  const auth = await openBeside(databaseUrl, issuer);
  t.after(() => auth.close());
  const { secret: clientSecret } = await auth.clients.create({ id: 'services', roles: ['verifier'] });
  const referee = new Referee();
  const verifiers: VerifierProcess[] = [];
  const sampled: NamedToken[] = [];
  let servers = 0;

  const all = (): readonly NamedToken[] =>
    [...referee.cases.values()].map(({ name, token }) => [name, token]);

  async function recover(broken: Break): Promise<void> {
    const mendedMs = monotonicMs();
    const waiting = verifiers.filter(({ name }) => broken.verifiers.includes(name));
    await Promise.all(waiting.map((verifier) => untilKnowing(verifier, mendedMs)));
    broken.untilMs = monotonicMs();
  }

  return {
    referee,
    auth,
    databaseUrl,
    folder,

    async addServer(url, redisUrl) {
      servers += 1;
      const data = join(folder, `server-${servers}`);
      await mkdir(data);
      const server = await createChaosServer(data, {
        WATCHWORD_ISSUER: issuer,
        WATCHWORD_SECRET: SECRET,
        WATCHWORD_DATABASE_URL: url,
        WATCHWORD_DATABASE_CONNECTIONS: '5',
        ...(redisUrl !== undefined && { WATCHWORD_REDIS_URL: redisUrl }),
      });
      t.after(() => server.kill());
      await server.start();
      return server;
    },

    async addVerifier(name, server, more = {}) {
      const settings = { issuer, server, clientId: 'services', clientSecret, name, ...more };
      const verifier = createVerifierProcess(settings);
      t.after(() => verifier.kill());
      await verifier.start();
      verifiers.push(verifier);
      await verifier.sample(sampled);
      return verifier;
    },

    async restart(verifier) {
      await verifier.start();
      await verifier.sample(sampled);
    },

    async issue(prefix, count) {
      const cases = await issueCases(auth, prefix, count);
      referee.add(cases);
      const most = Math.min(count, SAMPLED);
      const some = Array.from({ length: most }, (_, at) => cases[Math.floor((at * count) / most)]);
      const tokens = some.flatMap((one): readonly NamedToken[] => (one ? [[one.name, one.token]] : []));
      sampled.push(...tokens);
      await Promise.all(verifiers.map((verifier) => verifier.sample(tokens)));
      return cases;
    },

    async judge() {
      for (const verifier of verifiers) referee.judge(verifier.name, await verifier.runs());
    },

    async outage(what, names, { begin, forMs, meanwhile, end }) {
      const broken = referee.break(what, names);
      await begin();
      const severed = { fromMs: monotonicMs(), toMs: Number.POSITIVE_INFINITY };
      broken.severed = severed;
      try {
        await Promise.all([pause(forMs), meanwhile?.()]);
      } finally {
        severed.toMs = monotonicMs();
        await end();
      }
      await recover(broken);
    },

    recover,

    async converge({ kept = [] } = {}) {
      const log = await readLog(databaseUrl);
      const inLog = new Set(log.entries.map(({ kind, target }) => `${kind} ${target}`));
      const isIn = ({ kind, target }: Case): boolean => inLog.has(`${kind} ${target}`);
      for (const one of referee.cases.values()) {
        const isLost = one.acknowledgedMs !== undefined && !isIn(one) && !kept.includes(one);
        assert.ok(!isLost, `the revocation of ${one.name} was acknowledged and is lost`);
        assert.ok(one.askedMs !== undefined || !isIn(one), `nobody asked to revoke ${one.name}`);
      }
      const expected = [...referee.cases.values()].map((one) =>
        isIn(one) || kept.includes(one) ? 'ERR_TOKEN_REVOKED' : '',
      );
      const names = [...referee.cases.keys()];
      const keptEntries = kept.filter((one) => !isIn(one)).length;
      for (const verifier of verifiers) {
        await until(`${verifier.name} is where the log is`, async () => {
          const { feed } = await verifier.status();
          return feed.epoch === log.epoch && feed.sequence === log.sequence && feed.ageMs < RECOVERY_MS;
        });
        const codes = await verifier.codes(all());
        const wrong = codes.flatMap((code, at) =>
          code === expected[at] ? [] : `${names[at]}: ${code || 'taken'}`,
        );
        assert.deepEqual(wrong.slice(0, 10), [], `${wrong.length} wrong at ${verifier.name}`);
        const { feed } = await verifier.status();
        assert.equal(feed.entries, inLog.size + keptEntries, `the entries that ${verifier.name} holds`);
      }
      return log;
    },
  };
}

/**
 * Knows what was durable at a time when all was mended. That what it knows is not old yet says nothing: its connection may have been
 * reset a moment ago, and it has not noticed.
 */
async function untilKnowing(verifier: VerifierProcess, mendedMs: number): Promise<void> {
  await until(`${verifier.name} follows again`, async () => {
    const askedMs = monotonicMs();
    const { feed } = await verifier.status();
    return feed.state === 'following' && askedMs - feed.ageMs > mendedMs;
  });
}

export async function until(
  what: string,
  condition: () => Promise<boolean>,
  patienceMs = RECOVERY_MS,
): Promise<void> {
  const endMs = performance.now() + patienceMs;
  while (!(await condition())) {
    assert.ok(performance.now() < endMs, `${what} within ${patienceMs} ms`);
    await pause(30);
  }
}
