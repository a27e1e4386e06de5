import { ID_WORDS, writeSessionIdWords, writeTokenIdWords, type KeyId } from '../../domain/ids.ts';
import type { RevocationTarget } from '../../domain/revocation.ts';
import { epochMs, type EpochMs } from '../../domain/time.ts';
import { ENTRY_BYTES, IdCursor, IdTable } from './id-table.ts';

/** A cut-off, and from when on it cannot matter any more. */
export interface Cutoff {
  readonly beforeMs: EpochMs;
  readonly expiresMs: EpochMs;
}

/** How much there is of each kind, what has expired and was not dropped yet included, and the memory that it takes, in bytes. */
export interface RevocationCounts {
  readonly sessions: number;
  readonly tokens: number;
  readonly subjects: number;
  readonly keys: number;
  readonly all: 0 | 1;
  readonly bytes: number;
}

/** How many entries are taken over in one step: about a millisecond. */
const ABSORBED_AT_ONCE = 1024;

/** About what an entry of a map costs: the text, its value, and the map's own. */
const SUBJECT_BYTES = 200;
const KEY_BYTES = 120;

/** The entries of the log that still matter, by kind. Whoever holds on to one of the tables has to expect that another takes its place. */
export class KnownRevocations {
  sessions = new IdTable();
  tokens = new IdTable();
  readonly keys = new Map<string, EpochMs>();
  readonly subjects = new Map<string, Cutoff>();
  all: Cutoff | undefined;
  readonly #words = new Uint32Array(ID_WORDS);

  /** Takes an entry in; the same one may come twice, in any order with others. */
  add(target: RevocationTarget, expiresMs: EpochMs): void {
    switch (target.kind) {
      case 'all':
        this.all = both(this.all, { beforeMs: target.beforeMs, expiresMs });
        break;
      case 'subject':
        this.#cutOff(target.subject, { beforeMs: target.beforeMs, expiresMs });
        break;
      case 'session':
        if (writeSessionIdWords(target.sessionId, this.#words, 0))
          this.sessions.add(this.#words, 0, expiresMs / 1000);
        break;
      case 'token':
        if (writeTokenIdWords(target.tokenId, this.#words, 0))
          this.tokens.add(this.#words, 0, expiresMs / 1000);
        break;
      case 'key':
        this.#dropKey(target.keyId, expiresMs);
        break;
    }
  }

  /** Drops what has expired, as much as can be done in a moment; tells whether there is more to look at. */
  prune(nowMs: EpochMs): boolean {
    for (const [id, expiresMs] of this.keys) if (expiresMs <= nowMs) this.keys.delete(id);
    for (const [subject, { expiresMs }] of this.subjects)
      if (expiresMs <= nowMs) this.subjects.delete(subject);
    if (this.all !== undefined && this.all.expiresMs <= nowMs) this.all = undefined;
    const moreTokens = this.tokens.prune(nowMs / 1000);
    const moreSessions = this.sessions.prune(nowMs / 1000);
    return moreTokens || moreSessions;
  }

  counts(): RevocationCounts {
    const { sessions, tokens, subjects, keys, all } = this;
    return {
      sessions: sessions.size,
      tokens: tokens.size,
      subjects: subjects.size,
      keys: keys.size,
      all: all === undefined ? 0 : 1,
      bytes: sessions.bytes + tokens.bytes + subjects.size * SUBJECT_BYTES + keys.size * KEY_BYTES,
    };
  }

  /** Takes in all of another's entries, which is not to be used from then on, in steps of about a millisecond. */
  *absorb(other: KnownRevocations): Generator<undefined, void> {
    if (other.all !== undefined) this.all = both(this.all, other.all);
    for (const [id, expiresMs] of other.keys) this.#dropKey(id as KeyId, expiresMs);
    let left = ABSORBED_AT_ONCE;
    for (const [subject, cutoff] of other.subjects) {
      this.#cutOff(subject, cutoff);
      left -= 1;
      if (left > 0) continue;
      yield;
      left = ABSORBED_AT_ONCE;
    }
    yield* this.#absorbTable(other, 'sessions');
    yield* this.#absorbTable(other, 'tokens');
  }

  *#absorbTable(other: KnownRevocations, name: 'sessions' | 'tokens'): Generator<undefined, void> {
    if (this[name].size <= Math.min(ABSORBED_AT_ONCE, other[name].size)) {
      copySome(this[name], other[name], new IdCursor());
      [this[name], other[name]] = [other[name], this[name]];
      return;
    }
    const cursor = new IdCursor();
    while (copySome(other[name], this[name], cursor)) yield;
  }

  #cutOff(subject: string, cutoff: Cutoff): void {
    this.subjects.set(subject, both(this.subjects.get(subject), cutoff));
  }

  #dropKey(id: KeyId, expiresMs: EpochMs): void {
    const known = this.keys.get(id);
    // The same may come with an earlier expiry, if the clock was set back between.
    if (known === undefined || known < expiresMs) this.keys.set(id, expiresMs);
  }
}

/** What hits all that either of two cut-offs hits, for as long as either does. */
function both(known: Cutoff | undefined, other: Cutoff): Cutoff {
  if (known === undefined) return other;
  const beforeMs = epochMs(Math.max(known.beforeMs, other.beforeMs));
  return { beforeMs, expiresMs: epochMs(Math.max(known.expiresMs, other.expiresMs)) };
}

/** Adds the next entries of one table to another; `false` when there are no more. */
function copySome(from: IdTable, to: IdTable, cursor: IdCursor): boolean {
  const entries = new DataView(new ArrayBuffer(ABSORBED_AT_ONCE * ENTRY_BYTES));
  const words = new Uint32Array(ID_WORDS);
  const count = from.read(cursor, entries, ABSORBED_AT_ONCE);
  for (let at = 0; at < count * ENTRY_BYTES; at += ENTRY_BYTES) {
    for (let word = 0; word < ID_WORDS; word += 1) words[word] = entries.getUint32(at + word * 4);
    to.add(words, 0, entries.getUint32(at + ENTRY_BYTES - 4));
  }
  return count === ABSORBED_AT_ONCE;
}
