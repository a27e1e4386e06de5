// A service with a remote verifier, in a process of its own. It verifies what it is given again and again, and remembers the answers.
import { createVerifier, WatchwordError, type VerifierOptions } from 'watchword/verifier';
import { monotonicMs } from './monotonic.ts';
import {
  BOUNDS_MS,
  LONGEST_PAUSE_MS,
  type NamedToken,
  type Run,
  type VerifierAnswer,
  type VerifierQuestion,
  type VerifierSettings,
} from './verifier-messages.ts';

const SAMPLE_EVERY_MS = 12;
const TOKENS_AT_ONCE = 15;

const settings = JSON.parse(process.env['CHAOS_VERIFIER'] ?? '') as VerifierSettings;
const { issuer, server, clientId, clientSecret, name, keys, snapshotPath } = settings;
const verifier = createVerifier({
  issuer,
  audience: issuer,
  ...(keys === undefined
    ? { jwksUri: `${server}/.well-known/jwks.json` }
    : { keys: keys as NonNullable<VerifierOptions['keys']> }),
  feed: {
    clientId,
    clientSecret,
    name,
    url: `${server}/feed`,
    ...(snapshotPath !== undefined && { snapshotPath }),
  },
});

const events: Record<string, number> = {};
verifier.events.on('*', ({ type }) => {
  events[type] = (events[type] ?? 0) + 1;
});

const tokens: NamedToken[] = [];
const current = new Map<string, Run>();
let ended: Run[] = [];
let next = 0;

function codeOf(token: string, maxStalenessMs: number): string {
  try {
    verifier.verify(token, { maxStalenessMs });
    return '';
  } catch (error) {
    return error instanceof WatchwordError ? error.code : String(error);
  }
}

function note(tokenName: string, token: string, boundMs: number): void {
  const atMs = monotonicMs();
  const code = codeOf(token, boundMs);
  const key = `${boundMs} ${tokenName}`;
  const run = current.get(key);
  if (run?.code === code && atMs - run.toMs <= LONGEST_PAUSE_MS) {
    run.toMs = atMs;
    return;
  }
  if (run !== undefined) ended.push(run);
  current.set(key, { name: tokenName, boundMs, code, fromMs: atMs, toMs: atMs });
}

function sample(): void {
  for (let count = 0; count < Math.min(TOKENS_AT_ONCE, tokens.length); count += 1) {
    const [tokenName, token] = tokens[next % tokens.length] ?? ['', ''];
    for (const boundMs of BOUNDS_MS) note(tokenName, token, boundMs);
    next += 1;
  }
}

function takeRuns(): readonly Run[] {
  const runs = [...ended, ...current.values()];
  ended = [];
  current.clear();
  return runs;
}

async function reply(question: VerifierQuestion): Promise<VerifierAnswer> {
  switch (question.ask) {
    case 'sample':
      tokens.push(...question.tokens);
      return { kind: 'sample' };
    case 'runs':
      return { kind: 'runs', runs: takeRuns() };
    case 'codes':
      return { kind: 'codes', codes: question.tokens.map(([, token]) => codeOf(token, BOUNDS_MS[1])) };
    case 'status': {
      const [feed] = verifier.status().feeds;
      if (feed === undefined) throw new Error('a verifier with a feed has one');
      return { kind: 'status', feed, events };
    }
    case 'close':
      await verifier.close();
      return { kind: 'close' };
  }
}

process.on('message', (question: VerifierQuestion) => {
  void reply(question).then((answer) => process.send?.(answer));
});
process.once('disconnect', () => process.exit(1));
setInterval(sample, SAMPLE_EVERY_MS);
await verifier.ready();
process.send?.({ kind: 'ready' } satisfies VerifierAnswer);
