import { createWatchword, type VerifiedToken, type Watchword } from 'watchword';
import { sqlite } from 'watchword/sqlite';
import { mkdtempSync, rmSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createSessionId, type TokenId } from '../packages/watchword/src/domain/ids.ts';
import type { RevocationTarget } from '../packages/watchword/src/domain/revocation.ts';
import { epochMs } from '../packages/watchword/src/domain/time.ts';
import { IdTable } from '../packages/watchword/src/engine/revocation/id-table.ts';
import {
  createRevocationView,
  revocableWords,
  type RevocationView,
} from '../packages/watchword/src/engine/revocation/view.ts';
import { systemClock } from '../packages/watchword/src/platform/system-clock.ts';
import { inTurns, median, type Benchmark } from './benchmark.ts';

const MILLION = 1_000_000;
const TOKENS = 4096;
const ROUNDS = 21;

/**
 * What it costs that a million ids are revoked, half of them sessions', half tokens'. `share_of_verify` is the time of the check
 * of a token that is not revoked as a part of the time that `auth.verify` takes for the same token without a cache, HS256, over 4096
 * tokens. Bytes are those of one table, all arrays counted with what they cost besides their content: at a million ids, and
 * the most at any size from there to two million. `process_bytes_per_entry` is what the process says of the same two tables.
 */
export const revocation: Benchmark = {
  summary: 'what a million revoked ids cost: time of a check, memory, pauses',
  async run() {
    const memory = processMemory();
    const { view, addNs } = loadedView();
    const processBytes = (processMemory() - memory) / MILLION;
    const folder = mkdtempSync(join(tmpdir(), 'watchword-bench-'));
    const auth = await createWatchword({
      issuer: 'http://localhost:1',
      store: sqlite(join(folder, 'store.db')),
      tokenCacheSize: 0,
      environment: 'development',
    });
    try {
      const texts = await mintTokens(auth);
      const tokens = texts.map((text) => auth.verify(text));
      const words = tokens.map((token) => revocableWords(token));
      const check = (token: VerifiedToken, known?: ReturnType<typeof revocableWords>): void => {
        if (view.hits(token, known) !== undefined) throw new Error('a token is revoked that was not');
      };
      const speeds = await inTurns(
        {
          hits: (count) => {
            for (let done = 0; done < count; done += TOKENS) for (const token of tokens) check(token);
          },
          known: (count) => {
            for (let done = 0; done < count; done += TOKENS)
              for (const [at, token] of tokens.entries()) check(token, words[at]);
          },
          verify: (count) => {
            for (let done = 0; done < count; done += TOKENS) for (const text of texts) auth.verify(text);
          },
        },
        { rounds: ROUNDS, count: 4 * TOKENS },
      );
      return {
        ratios: {
          share_of_verify: median(speeds.verify.map((speed, round) => speed / (speeds.hits[round] ?? 0))),
          share_of_verify_words_known: median(
            speeds.verify.map((speed, round) => speed / (speeds.known[round] ?? 0)),
          ),
        },
        figures: {
          hits_ns: 1e9 / median(speeds.hits),
          hits_words_known_ns: 1e9 / median(speeds.known),
          verify_ns: 1e9 / median(speeds.verify),
          apply_ns: addNs,
          process_bytes_per_entry: processBytes,
          ...tableFigures(tokens.filter((token) => view.hits(token) !== undefined).length),
          ...pauses(view),
        },
        versions: { node: process.version },
      };
    } finally {
      await auth.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** Half the entries are sessions', half are tokens'; they expire over a quarter of an hour. */
function loadedView(): { readonly view: RevocationView; readonly addNs: number } {
  const view = createRevocationView(systemClock, { record: () => undefined });
  const nowMs = systemClock.nowMs();
  let addMs = 0;
  for (let sequence = 1; sequence <= MILLION; sequence += 1) {
    const atMs = epochMs(nowMs - (sequence % 900_000));
    const target: RevocationTarget =
      sequence % 2 === 0
        ? { kind: 'session', sessionId: createSessionId(atMs, randomBytes(10)) }
        : { kind: 'token', tokenId: randomBytes(16).toString('base64url') as TokenId };
    const expiresMs = epochMs(nowMs + 3_600_000 + (sequence % 900_000));
    const record = { sequence, hash: new Uint8Array(0), target, atMs, expiresMs };
    const begun = performance.now();
    view.apply(record);
    addMs += performance.now() - begun;
  }
  return { view, addNs: (addMs * 1e6) / MILLION };
}

async function mintTokens(auth: Watchword): Promise<string[]> {
  const texts: string[] = [];
  for (let at = 0; at < TOKENS; at += 64) {
    const started = await Promise.all(
      Array.from({ length: 64 }, (_, user) => auth.sessions.start({ subject: `user-${at + user}` })),
    );
    texts.push(...started.map(({ accessToken }) => accessToken));
  }
  return texts;
}

function tableFigures(revokedTokens: number): Record<string, number> {
  const table = new IdTable();
  const words = randomWords(2 * MILLION);
  let [atMillion, most] = [0, 0];
  const begun = performance.now();
  for (let n = 0; n < 2 * MILLION; n += 1) {
    table.add(words, n * 4, 1);
    if (n + 1 === MILLION) atMillion = table.bytes / MILLION;
    if (n + 1 >= MILLION && n % 16 === 0) most = Math.max(most, table.bytes / (n + 1));
  }
  const addNs = ((performance.now() - begun) * 1e6) / (2 * MILLION);
  const others = randomWords(MILLION);
  let falseOnes = revokedTokens;
  const asked = performance.now();
  for (let n = 0; n < MILLION; n += 1) if (table.has(others, n * 4)) falseOnes += 1;
  const lookupNs = ((performance.now() - asked) * 1e6) / MILLION;
  let missed = 0;
  for (let n = 0; n < 2 * MILLION; n += 1) if (!table.has(words, n * 4)) missed += 1;
  return {
    bytes_per_entry: atMillion,
    most_bytes_per_entry_to_two_million: most,
    add_ns: addNs,
    lookup_ns: lookupNs,
    false_revocations: falseOnes,
    missed_revocations: missed,
  };
}

/** How long calls of `prune` take, while what is there expires minute by minute. */
function pauses(view: RevocationView): Record<string, number> {
  const nowMs = systemClock.nowMs() + 3_600_000;
  const took: number[] = [];
  for (let minute = 0; minute <= 16; minute += 1) {
    for (let more = true; more;) {
      const begun = performance.now();
      more = view.prune(epochMs(nowMs + minute * 60_000));
      took.push(performance.now() - begun);
    }
  }
  took.sort((a, b) => a - b);
  return {
    prune_pause_longest_ms: took.at(-1) ?? 0,
    prune_pause_99th_percentile_ms: took[Math.floor(took.length * 0.99)] ?? 0,
  };
}

function processMemory(): number {
  // What is garbage is not held: without this the ids' texts would be counted.
  setFlagsFromString('--expose-gc');
  for (let turn = 0; turn < 2; turn += 1) runInNewContext('gc()');
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function randomWords(ids: number): Uint32Array {
  return new Uint32Array(new Uint8Array(randomBytes(ids * 16)).buffer);
}
