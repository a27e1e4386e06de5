import type { Engine } from '../engine/engine.ts';
import { ArgumentError } from '../errors/watchword-error.ts';
import type { RevocationResult } from '../ports/store/revocation-log.ts';
import { refuseUnknownOptions } from './unknown-options.ts';
import type { Revoked, RevokeOptions } from './watchword.ts';

const SPAN = /^([1-9]\d{0,4})(ms|s)$/;
const LONGEST_MS = 60_000;

/** Everything that can be wrong is wrong before anything was revoked. */
export function readWait(name: string, options: RevokeOptions): number | undefined {
  refuseUnknownOptions(name, options, ['wait'], ArgumentError);
  return options.wait === undefined ? undefined : parseSpan(options.wait);
}

function parseSpan(span: unknown): number {
  const [, count, unit] = (typeof span === 'string' && SPAN.exec(span)) || [];
  const spanMs = Number(count) * (unit === 's' ? 1000 : 1);
  if (spanMs <= LONGEST_MS) return spanMs;
  throw new ArgumentError(
    "`wait` has to be a time in milliseconds or seconds, such as '500ms' or '2s', and at most '60s'.",
  );
}

export async function withReceipts(
  { receipts }: Engine,
  { head, records }: RevocationResult,
  forMs: number | undefined,
): Promise<Revoked> {
  const { sequence } = head;
  if (forMs === undefined) return { sequence };
  return { sequence, receipts: await receipts.wait(head, records.at(-1)?.atMs, forMs) };
}
