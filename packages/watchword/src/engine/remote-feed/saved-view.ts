import { concatBytes, decodeUtf8, utf8 } from '../../crypto/bytes.ts';
import { createSha256, equalBytes } from '../../crypto/digest.ts';
import { EPOCH_PATTERN } from '../../domain/feed.ts';
import { isJsonObject, parseStrictJson, type JsonValue } from '../../domain/json.ts';
import type { LogHead } from '../../domain/revocation.ts';
import { epochMs, type EpochMs } from '../../domain/time.ts';
import { FeedFault } from '../feed-format/feed-fault.ts';
import { SnapshotReader } from '../feed-format/read-snapshot.ts';
import { snapshotChunks, snapshotEnd } from '../feed-format/write-snapshot.ts';
import type { RevocationView } from '../revocation/view.ts';

/*
 * A file: `WWFF` 0x01; the length of what follows as four bytes, most significant first; JSON `{"issuer","as_of","dropped",
 * "former"}`; a snapshot as it is loaded from the issuer, but with the newest checkpoint at its head; SHA-256 of everything before.
 */
const MAGIC = Uint8Array.of(0x57, 0x57, 0x46, 0x46, 0x01);
const HEADER_BYTES = MAGIC.length + 4;
const LONGEST_TELLING = 65_536;
const DIGEST_BYTES = 32;

/** What is known of the file besides its entries. */
export interface Saved {
  readonly issuer: string;
  readonly head: LogHead;
  /** Wall time at which the entries were complete. */
  readonly asOfMs: EpochMs;
  /** Wall time up to which what had expired was left out. */
  readonly droppedMs: EpochMs;
  readonly formerEpochs: readonly string[];
}

/** The bytes of a file, each piece made when it is asked for. */
export function* savedBytes(
  view: RevocationView,
  saved: Saved,
  checkpointText: string,
): Generator<Uint8Array> {
  const hash = createSha256();
  const hashed = (bytes: Uint8Array): Uint8Array => {
    hash.update(bytes);
    return bytes;
  };
  const { issuer, head, asOfMs, droppedMs, formerEpochs } = saved;
  const telling = utf8(JSON.stringify({ issuer, as_of: asOfMs, dropped: droppedMs, former: formerEpochs }));
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, telling.length);
  yield hashed(concatBytes(MAGIC, length, telling));
  for (const chunk of snapshotChunks(view, head, issuer)) yield hashed(chunk);
  yield hashed(snapshotEnd(checkpointText));
  yield hash.digest();
}

/** Reads a file into a view; throws a `FeedFault` for what is not whole. */
export async function readSaved(pieces: AsyncIterable<Uint8Array>, staged: RevocationView): Promise<Saved> {
  const reader = new SnapshotReader(staged);
  const hash = createSha256();
  /** What may be the digest, for nobody knows yet that it is the end; and the beginning, until it is whole. */
  let held = new Uint8Array(0);
  let telling: Telling | undefined;
  for await (const piece of pieces) {
    held = concatBytes(held, piece) as Uint8Array<ArrayBuffer>;
    if (telling === undefined) {
      const length = tellingLength(held);
      if (length === undefined || held.length < HEADER_BYTES + length) continue;
      telling = readTelling(held.subarray(HEADER_BYTES, HEADER_BYTES + length));
      hash.update(held.subarray(0, HEADER_BYTES + length));
      held = held.subarray(HEADER_BYTES + length);
    }
    const ready = held.subarray(0, Math.max(0, held.length - DIGEST_BYTES));
    hash.update(ready);
    reader.push(ready);
    held = held.slice(ready.length);
  }
  if (telling === undefined) throw new FeedFault('truncated', 'it ends in its beginning');
  const { head, issuer } = reader.finish();
  if (!equalBytes(held, hash.digest())) throw new FeedFault('malformed', 'its digest is another');
  if (issuer !== telling.issuer) throw new FeedFault('malformed', 'it names two issuers');
  return { ...telling, head };
}

type Telling = Omit<Saved, 'head'>;

/** `undefined` as long as the length itself is not there. */
function tellingLength(held: Uint8Array): number | undefined {
  const isOurs = MAGIC.every((byte, at) => held[at] === undefined || held[at] === byte);
  if (!isOurs) throw new FeedFault('malformed', 'it is something else');
  if (held.length < HEADER_BYTES) return undefined;
  const length = new DataView(held.buffer, held.byteOffset).getUint32(MAGIC.length);
  if (length > LONGEST_TELLING) throw new FeedFault('too_large', 'its beginning is too long');
  return length;
}

function readTelling(bytes: Uint8Array): Telling {
  const text = decodeUtf8(bytes);
  const value = text === undefined ? undefined : parseStrictJson(text, { maxDepth: 2 });
  const { issuer, as_of: asOf, dropped, former } = isJsonObject(value) ? value : {};
  if (typeof issuer !== 'string' || !isTime(asOf) || !isTime(dropped) || !isEpochs(former)) {
    throw new FeedFault('malformed', 'its beginning is not of its form');
  }
  return { issuer, asOfMs: epochMs(asOf), droppedMs: epochMs(dropped), formerEpochs: former };
}

function isTime(value: JsonValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isEpochs(value: JsonValue | undefined): value is readonly string[] {
  return (
    Array.isArray(value) &&
    value.length <= 100 &&
    value.every((one) => typeof one === 'string' && EPOCH_PATTERN.test(one))
  );
}
