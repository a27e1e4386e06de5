import { encodeBase64url } from '../../crypto/base64url.ts';
import { concatBytes, utf8 } from '../../crypto/bytes.ts';
import type { LogHead } from '../../domain/revocation.ts';
import { ENTRY_BYTES, IdCursor } from '../revocation/id-table.ts';
import type { KnownRevocations } from '../revocation/known-revocations.ts';
import type { RevocationView } from '../revocation/view.ts';
import {
  frame,
  FRAME_END,
  FRAME_HEAD,
  FRAME_HEADER_BYTES,
  FRAME_OTHERS,
  FRAME_SESSIONS,
  FRAME_TOKENS,
  SNAPSHOT_MAGIC,
  writeFrameHeader,
} from './snapshot-frames.ts';

/** Of a frame of ids: some 160 KiB, which are written in less than a millisecond. */
const MOST_IDS = 8192;

/** Of a frame of JSON: no more than 255 KiB, whatever characters the names of subjects have. */
const MOST_OTHERS = 256;

/**
 * A snapshot of all that a view knows, except its last frame: chunks of at most 256 KiB, each made when it is asked for, in about a
 * millisecond. The view may change meanwhile: what it knew when the first chunk was made, and what has not expired since, is
 * in the snapshot, and of what came later some may be. So `head` has to be what the view had applied by then.
 */
export function* snapshotChunks(view: RevocationView, head: LogHead, issuer: string): Generator<Uint8Array> {
  const { known } = view;
  const { epoch, sequence, hash } = head;
  const headText = JSON.stringify({ iss: issuer, epoch, seq: sequence, hash: encodeBase64url(hash) });
  yield concatBytes(SNAPSHOT_MAGIC, frame(FRAME_HEAD, utf8(headText)));
  yield* otherFrames(known);
  yield* idFrames(known, 'sessions', FRAME_SESSIONS);
  yield* idFrames(known, 'tokens', FRAME_TOKENS);
}

/** The last frame: the checkpoint that has the head of the snapshot, and SHA-256 of all its other bytes. */
export function snapshotEnd(checkpointText: string): Uint8Array {
  return frame(FRAME_END, utf8(checkpointText));
}

function* otherFrames(known: KnownRevocations): Generator<Uint8Array> {
  let rows: (readonly unknown[])[] = [];
  for (const row of otherRows(known)) {
    rows.push(row);
    if (rows.length < MOST_OTHERS) continue;
    yield frame(FRAME_OTHERS, utf8(JSON.stringify(rows)));
    rows = [];
  }
  if (rows.length > 0) yield frame(FRAME_OTHERS, utf8(JSON.stringify(rows)));
}

/** Going through a map meets all that is there from the first step to the last, also when others come and go. */
function* otherRows({ all, subjects, keys }: KnownRevocations): Generator<readonly unknown[]> {
  if (all !== undefined) yield ['all', '', all.beforeMs, all.expiresMs];
  for (const [keyId, expiresMs] of keys) yield ['key', keyId, 0, expiresMs];
  for (const [subject, { beforeMs, expiresMs }] of subjects) yield ['subject', subject, beforeMs, expiresMs];
}

function* idFrames(
  known: KnownRevocations,
  name: 'sessions' | 'tokens',
  type: number,
): Generator<Uint8Array> {
  const cursor = new IdCursor();
  for (;;) {
    const bytes = new Uint8Array(FRAME_HEADER_BYTES + MOST_IDS * ENTRY_BYTES);
    const count = known[name].read(cursor, new DataView(bytes.buffer, FRAME_HEADER_BYTES), MOST_IDS);
    if (count === 0) return;
    writeFrameHeader(bytes, 0, type, count * ENTRY_BYTES);
    yield bytes.subarray(0, FRAME_HEADER_BYTES + count * ENTRY_BYTES);
  }
}
