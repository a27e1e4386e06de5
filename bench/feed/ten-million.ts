import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

const TEN_MILLION = 10_000_000;

interface Issuer {
  readonly issuer: string;
  readonly secret: string;
  readonly tokens: readonly string[];
  readonly startedMs: number;
}

interface Measured {
  readonly entries: number;
  readonly coldStartMs: number;
  readonly bytes: number;
  readonly held: number;
  readonly verifyUs: number;
}

/**
 * A verifier that starts blind while ten million revocations are live: how long until it verifies, what it holds for each, and
 * what a verification without a cache takes (EdDSA) against a verifier that knows of none.
 */
export async function fillToTenMillion(): Promise<Record<string, number>> {
  const full = await startOne(TEN_MILLION);
  const empty = await startOne(0);
  return {
    bytes_per_entry: full.bytes / full.entries,
    process_bytes_per_entry: full.held / full.entries,
    cold_start_ms: full.coldStartMs,
    empty_cold_start_ms: empty.coldStartMs,
    verify_us: full.verifyUs,
    empty_verify_us: empty.verifyUs,
    issuer_start_ms: full.issuerStartMs,
  };
}

async function startOne(entries: number): Promise<Measured & { readonly issuerStartMs: number }> {
  const issuer = start('long-log-issuer.ts', [String(entries)]);
  const { startedMs, ...known } = (await messageOf(issuer)) as Issuer;
  const verifier = start('long-log-verifier.ts', [], ['--expose-gc']);
  try {
    await messageOf(verifier);
    verifier.send(known);
    const measured = (await messageOf(verifier)) as Measured;
    if (measured.entries !== entries)
      throw new Error(`the verifier knows of ${measured.entries} of ${entries}`);
    return { ...measured, issuerStartMs: startedMs };
  } finally {
    issuer.kill('SIGKILL');
    verifier.kill('SIGKILL');
  }
}

function start(script: string, args: readonly string[], flags: readonly string[] = []): ChildProcess {
  return fork(new URL(script, import.meta.url), [...args], {
    execArgv: ['--conditions=watchword-source', '--max-old-space-size=8192', ...flags],
  });
}

async function messageOf(child: ChildProcess): Promise<unknown> {
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${String(child.spawnargs.at(-1))} has ended with ${String(code)}`);
  });
  const [message] = (await Promise.race([once(child, 'message'), ended])) as unknown[];
  return message;
}
