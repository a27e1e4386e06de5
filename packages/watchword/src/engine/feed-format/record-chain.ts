import { sha256 } from '../../crypto/digest.ts';
import type { UnhashedRecord } from '../../domain/feed-records.ts';
import { revocationBytes, type LogHead, type RevocationRecord } from '../../domain/revocation.ts';

/** Gives records that come after a head the hashes that they have there; `undefined` if they do not continue it without a gap. */
export function chainRecords(
  after: LogHead,
  unhashed: readonly UnhashedRecord[],
): readonly RevocationRecord[] | undefined {
  const records: RevocationRecord[] = [];
  let { sequence, hash } = after;
  for (const record of unhashed) {
    if (record.sequence !== sequence + 1) return undefined;
    sequence = record.sequence;
    hash = sha256(hash, revocationBytes(record));
    records.push({ ...record, hash });
  }
  return records;
}
