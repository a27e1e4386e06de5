import { decodeBase64url } from '../../crypto/base64url.ts';
import { decodeUtf8 } from '../../crypto/bytes.ts';
import { createSha256 } from '../../crypto/digest.ts';
import { EPOCH_PATTERN } from '../../domain/feed.ts';
import { parseRows, readTarget, readTime } from '../../domain/feed-records.ts';
import { ID_WORDS } from '../../domain/ids.ts';
import { isJsonObject, type JsonValue } from '../../domain/json.ts';
import type { LogHead } from '../../domain/revocation.ts';
import { ENTRY_BYTES, type IdTable } from '../revocation/id-table.ts';
import type { RevocationView } from '../revocation/view.ts';
import { FeedFault } from './feed-fault.ts';
import {
  FRAME_END,
  FRAME_HEAD,
  FRAME_HEADER_BYTES,
  FRAME_OTHERS,
  FRAME_SESSIONS,
  FRAME_TOKENS,
  MOST_FRAME_BYTES,
  SNAPSHOT_MAGIC,
} from './snapshot-frames.ts';

const HASH_BYTES = 32;
const LONGEST_ISSUER = 2048;
const LONGEST_CHECKPOINT = 8192;

/** Three parts of base64url; what they say is for others to read. */
const COMPACT_JWS = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

/** How many entries of all kinds a snapshot may have: about a gigabyte of them. */
const MOST_SNAPSHOT_ENTRIES = 50_000_000;

/** A cut-off takes as much memory as so many ids. */
const IDS_PER_CUTOFF = 10;

export interface SnapshotLimits {
  readonly maxEntries: number;
}

/** What a snapshot says besides its entries. None of it is proven before the checkpoint was read and compared. */
export interface SnapshotContent {
  readonly head: LogHead;
  readonly issuer: string;
  readonly checkpointText: string;
  /** SHA-256 of all bytes before the last frame: what the checkpoint's `snapshot` has to be. */
  readonly digest: Uint8Array;
}

/**
 * Reads a snapshot into a view, which is not to be used before the checkpoint is found to be the issuer's and to have the digest and
 * the head that `finish` gives. It takes chunks of any size, and a millisecond or two for each 256 KiB.
 */
export class SnapshotReader {
  readonly #staged: RevocationView;
  readonly #maxEntries: number;
  readonly #hash = createSha256();
  readonly #words = new Uint32Array(ID_WORDS);
  /** What of the current frame has come, its header included. It grows with what comes, not with what is announced. */
  #frame = new Uint8Array(65_536);
  #filled = 0;
  #wanted = SNAPSHOT_MAGIC.length;
  #reading: 'magic' | 'header' | 'content' | 'nothing' = 'magic';
  #entries = 0;
  #head: Pick<SnapshotContent, 'head' | 'issuer'> | undefined;
  #end: Pick<SnapshotContent, 'checkpointText' | 'digest'> | undefined;
  #fault: FeedFault | undefined;

  constructor(staged: RevocationView, limits: SnapshotLimits = { maxEntries: MOST_SNAPSHOT_ENTRIES }) {
    this.#staged = staged;
    this.#maxEntries = limits.maxEntries;
  }

  /** Takes the next bytes; throws a `FeedFault`, and from then on the same one each time. */
  push(bytes: Uint8Array): void {
    this.#guarded(() => this.#take(bytes));
  }

  /** Says that nothing more comes. */
  finish(): SnapshotContent {
    return this.#guarded(() => {
      if (this.#head === undefined || this.#end === undefined)
        throw new FeedFault('truncated', 'the snapshot ends before its last frame does');
      return { ...this.#head, ...this.#end };
    });
  }

  #guarded<Result>(work: () => Result): Result {
    if (this.#fault !== undefined) throw this.#fault;
    try {
      return work();
    } catch (error) {
      if (error instanceof FeedFault) this.#fault = error;
      throw error;
    }
  }

  #take(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      if (this.#reading === 'nothing') throw malformed('bytes follow the last frame');
      const end = Math.min(bytes.length, at + this.#wanted - this.#filled);
      this.#fill(bytes.subarray(at, end));
      at = end;
      if (this.#filled === this.#wanted) this.#proceed();
    }
  }

  #fill(bytes: Uint8Array): void {
    const filled = this.#filled + bytes.length;
    if (filled > this.#frame.length) {
      const larger = new Uint8Array(Math.max(filled, Math.min(this.#wanted, this.#frame.length * 2)));
      larger.set(this.#frame.subarray(0, this.#filled));
      this.#frame = larger;
    }
    this.#frame.set(bytes, this.#filled);
    this.#filled = filled;
  }

  /** Goes on with the next part, now that this one is there. */
  #proceed(): void {
    if (this.#reading === 'magic') {
      if (!SNAPSHOT_MAGIC.every((byte, at) => this.#frame[at] === byte))
        throw malformed('this is no snapshot, or one of another version');
      return this.#frameDone(SNAPSHOT_MAGIC.length);
    }
    if (this.#reading === 'header') {
      const length = new DataView(this.#frame.buffer).getUint32(1);
      if (length > MOST_FRAME_BYTES) throw new FeedFault('too_large', 'a frame is longer than 1 MiB');
      if (length === 0) throw malformed('a frame is empty');
      this.#reading = 'content';
      this.#wanted = FRAME_HEADER_BYTES + length;
      return;
    }
    const type = this.#frame[0] as number;
    const content = this.#frame.subarray(FRAME_HEADER_BYTES, this.#wanted);
    if (type === FRAME_END) return this.#readEnd(content);
    this.#readFrame(type, content);
    this.#frameDone(this.#wanted);
  }

  #frameDone(length: number): void {
    this.#hash.update(this.#frame.subarray(0, length));
    this.#filled = 0;
    this.#wanted = FRAME_HEADER_BYTES;
    this.#reading = 'header';
  }

  #readFrame(type: number, content: Uint8Array): void {
    if ((type === FRAME_HEAD) !== (this.#head === undefined))
      throw malformed('the head is missing, or there is another one');
    switch (type) {
      case FRAME_HEAD:
        this.#head = readHead(content);
        return;
      case FRAME_OTHERS:
        return this.#readOthers(content);
      case FRAME_SESSIONS:
        return this.#readIds(this.#staged.known.sessions, content);
      case FRAME_TOKENS:
        return this.#readIds(this.#staged.known.tokens, content);
      default:
        throw malformed('a frame is of an unknown type');
    }
  }

  #readOthers(content: Uint8Array): void {
    const text = decodeUtf8(content);
    const rows = text === undefined ? undefined : parseRows(text);
    // One spelling only, so that nothing may be hidden in another.
    if (rows === undefined || rows.length === 0) throw malformed('a frame of cut-offs and keys is no array');
    this.#count(rows.length * IDS_PER_CUTOFF);
    for (const row of rows) {
      const target = readTarget(row[0], row[1], row[2]);
      const expiresMs = readTime(row[3]);
      const isFlat = row.length === 4 && target?.kind !== 'session' && target?.kind !== 'token';
      if (target === undefined || expiresMs === undefined || !isFlat)
        throw malformed('an entry is not what its kind wants');
      this.#staged.apply({ target, expiresMs });
    }
    if (JSON.stringify(rows) !== text) throw malformed('a frame of cut-offs and keys has another spelling');
  }

  #readIds(table: IdTable, content: Uint8Array): void {
    if (content.length % ENTRY_BYTES !== 0) throw malformed('a frame of ids does not end with one');
    this.#count(content.length / ENTRY_BYTES);
    const view = new DataView(content.buffer, content.byteOffset, content.length);
    const words = this.#words;
    for (let at = 0; at < content.length; at += ENTRY_BYTES) {
      words[0] = view.getUint32(at);
      words[1] = view.getUint32(at + 4);
      words[2] = view.getUint32(at + 8);
      words[3] = view.getUint32(at + 12);
      if (!table.append(words, 0, view.getUint32(at + 16)))
        throw new FeedFault('order', 'ids are not in order, or one comes twice');
    }
  }

  #readEnd(content: Uint8Array): void {
    const text = content.length <= LONGEST_CHECKPOINT ? decodeUtf8(content) : undefined;
    if (this.#head === undefined || text === undefined || !COMPACT_JWS.test(text))
      throw malformed('the last frame is no checkpoint, or there is no head');
    this.#end = { checkpointText: text, digest: this.#hash.digest() };
    this.#reading = 'nothing';
  }

  #count(ids: number): void {
    this.#entries += ids;
    if (this.#entries > this.#maxEntries)
      throw new FeedFault('too_large', `there are more than ${this.#maxEntries} entries`);
  }
}

function malformed(sentence: string): FeedFault {
  return new FeedFault('malformed', sentence);
}

function readHead(content: Uint8Array): Pick<SnapshotContent, 'head' | 'issuer'> {
  const text = decodeUtf8(content) ?? '';
  const { iss, epoch, seq, hash } = parseObject(text);
  const bytes = typeof hash === 'string' ? decodeBase64url(hash) : undefined;
  const isIssuer = typeof iss === 'string' && iss !== '' && iss.length <= LONGEST_ISSUER;
  const isNumbered = typeof seq === 'number' && Number.isSafeInteger(seq) && seq >= 0;
  const isEpoch = typeof epoch === 'string' && EPOCH_PATTERN.test(epoch);
  if (!isIssuer || !isEpoch || !isNumbered || bytes?.length !== HASH_BYTES) {
    throw malformed('the head is not what it has to be');
  }
  if (JSON.stringify({ iss, epoch, seq, hash }) !== text) throw malformed('the head has another spelling');
  return { issuer: iss, head: { epoch, sequence: seq, hash: bytes } };
}

function parseObject(text: string): { readonly [member: string]: JsonValue } {
  try {
    const value = JSON.parse(text) as JsonValue;
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}
