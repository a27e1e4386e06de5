import { showValue } from '../output/show-value.ts';
import { Stop } from '../stop.ts';
import { print, type Terminal } from '../terminal.ts';

/** Which verifiers know of a revocation, as the admin API tells it. */
export interface AdminReceipts {
  readonly complete: boolean;
  readonly acknowledged: readonly { readonly name: string; readonly ms: number }[];
  readonly missing: readonly MissingVerifier[];
}

interface MissingVerifier {
  readonly name: string;
  readonly behind: number;
  readonly silent_ms: number;
}

/** What an answer to a revocation holds where it was waited for. */
export interface WithReceipts {
  readonly receipts: AdminReceipts | null;
}

/** From then on a verifier is not waited for. */
const SILENT_MS = 30_000;
const MOST_NAMED = 5;

/** Says who has acknowledged it, unless nobody was waited for, or another program reads. */
export async function printReceipts(
  { stdout }: Terminal,
  { receipts }: WithReceipts,
  { json }: { readonly json?: boolean },
): Promise<void> {
  if (receipts !== null && json !== true) await print(stdout, `${describeReceipts(receipts)}\n`);
}

/** Ends the command with 1 where somebody was waited for in vain: a script has to know. */
export function stopIfIncomplete(outcomes: readonly WithReceipts[]): void {
  if (outcomes.some(({ receipts }) => receipts?.complete === false)) throw new Stop(1, '');
}

export function describeReceipts({ complete, acknowledged, missing }: AdminReceipts): string {
  const known = acknowledged.length + missing.length;
  if (known === 0) {
    return complete
      ? 'No verifier follows the feed, so that there is nobody to wait for.'
      : 'Who has acknowledged it is not known: the database could not be asked. See watchword feed status.';
  }
  const count = `${acknowledged.length} of ${known} ${known === 1 ? 'verifier' : 'verifiers'}`;
  const lastMs = Math.max(0, ...acknowledged.map(({ ms }) => ms));
  const by =
    acknowledged.length === 0
      ? `Acknowledged by ${count}`
      : `Acknowledged by ${count}, the last after ${lastMs} ms`;
  return `${[by, ...describeMissing(missing)].join('; ')}.`;
}

function describeMissing(missing: readonly MissingVerifier[]): readonly string[] {
  const named = missing.slice(0, MOST_NAMED).map((verifier) => {
    const name = showValue(verifier.name);
    if (verifier.silent_ms >= SILENT_MS) {
      return `${name} has not been heard of for ${seconds(verifier.silent_ms)}: bounded by its staleness`;
    }
    return `${name} is ${verifier.behind} ${verifier.behind === 1 ? 'entry' : 'entries'} behind`;
  });
  const others = missing.length - named.length;
  return others === 0 ? named : [...named, `and ${others} more`];
}

function seconds(ms: number): string {
  return `${Math.floor(ms / 1000)} s`;
}
