import { concatBytes, decodeUtf8, labelled, utf8 } from '../../crypto/bytes.ts';
import { equalBytes } from '../../crypto/digest.ts';
import { hmacSha256 } from '../../crypto/hmac-sha256.ts';
import { formatPosition, parsePosition } from '../../domain/feed.ts';
import { formatRecords, parseRecords } from '../../domain/feed-records.ts';
import type { LogHead, RevocationRecord } from '../../domain/revocation.ts';
import type { RevocationResult } from '../../ports/store/revocation-log.ts';
import type { EngineContext } from '../context.ts';
import { chainRecords } from '../feed-format/record-chain.ts';
import type { KeyKeeper } from '../keys/key-keeper.ts';
import type { Following } from './follow.ts';

/*
 * message = MAC(32) ‖ position after the last entry ‖ 0x0a ‖ the entries as in the feed
 * MAC     = HMAC-SHA-256(key of installation and epoch, "ww/feed-relay/1" ‖ 0x00 ‖ everything behind the MAC)
 *
 * Who can write to the relay and has not the key is not heard. Who repeats what was heard before tells nothing new. Nobody's
 * knowledge is called fresh because of a message: for that the store is read.
 */

const LABEL = labelled('ww/feed-relay/1');
const MAC_BYTES = 32;
const NEWLINE = 0x0a;

/** So many entries of the longest subject fit what an HMAC takes. */
const MOST_RECORDS = 12;

/** Larger ones are not of our making. */
const LONGEST_MESSAGE = 24_000;

/** How often refused messages are told at most. */
const REPORT_PERIOD_MS = 60_000;

export interface RevocationRelay {
  /** Tells the other processes what this one made durable. */
  publish(result: Pick<RevocationResult, 'records' | 'head'>): void;
  stop(): void;
}

export interface RelayParts {
  readonly context: EngineContext;
  readonly keys: Pick<KeyKeeper, 'relayKey'>;
  readonly following: Pick<Following, 'position' | 'relayed' | 'lookSoon'>;
}

/** Joins this process to the others of its installation, where there is a relay. */
export function startRelay(parts: RelayParts): RevocationRelay {
  const { context } = parts;
  if (context.relay === undefined) return { publish: () => undefined, stop: () => undefined };
  const { link } = context.relay;
  const keyOf = rememberKey(parts.keys);
  const reportRefusal = createReport(context);
  const stop = link.subscribe((message) => {
    const heard = openMessage(message, keyOf);
    if (heard === undefined) reportRefusal();
    else takeIn(heard, parts.following);
  });
  return {
    stop,
    publish({ records, head }) {
      for (let at = 0; at < records.length; at += MOST_RECORDS) {
        const some = records.slice(at, at + MOST_RECORDS);
        const last = some.at(-1);
        if (last === undefined) continue;
        link.publish(sealMessage({ ...last, epoch: head.epoch }, some, keyOf(head.epoch)));
      }
    },
  };
}

interface Heard {
  readonly head: LogHead;
  readonly text: string;
}

function takeIn({ head, text }: Heard, following: RelayParts['following']): void {
  const position = following.position();
  // It is an older one, or came twice.
  if (position?.epoch === head.epoch && position.sequence >= head.sequence) return;
  const unhashed = parseRecords(text);
  const [first] = unhashed ?? [];
  if (position === undefined || unhashed === undefined || first === undefined) return following.lookSoon();
  const records = first.sequence === position.sequence + 1 ? chainRecords(position, unhashed) : undefined;
  const last = records?.at(-1);
  const isRight = last !== undefined && equalBytes(last.hash, head.hash) && last.sequence === head.sequence;
  if (records === undefined || !isRight) return following.lookSoon();
  following.relayed(records, head.epoch);
}

function sealMessage(head: LogHead, records: readonly RevocationRecord[], key: Uint8Array): Uint8Array {
  const body = utf8(`${formatPosition(head)}\n${formatRecords(records)}`);
  return concatBytes(hmacSha256(key, LABEL, body), body);
}

/** What a process of the installation said; `undefined` where none did. */
function openMessage(message: Uint8Array, keyOf: (epoch: string) => Uint8Array): Heard | undefined {
  if (message.length <= MAC_BYTES || message.length > LONGEST_MESSAGE) return undefined;
  const body = message.subarray(MAC_BYTES);
  const end = body.indexOf(NEWLINE);
  const head = end < 0 ? undefined : parsePosition(decodeUtf8(body.subarray(0, end)));
  if (head === undefined) return undefined;
  const mac = hmacSha256(keyOf(head.epoch), LABEL, body);
  const text = equalBytes(mac, message.subarray(0, MAC_BYTES))
    ? decodeUtf8(body.subarray(end + 1))
    : undefined;
  return text === undefined ? undefined : { head, text };
}

/** The key of the epoch that was asked for last is kept. */
function rememberKey(keys: RelayParts['keys']): (epoch: string) => Uint8Array {
  let known: { readonly epoch: string; readonly key: Uint8Array } | undefined;
  return (epoch) => {
    if (known?.epoch !== epoch) known = { epoch, key: keys.relayKey(epoch) };
    return known.key;
  };
}

function createReport({ clock, events }: EngineContext): () => void {
  let messages = 0;
  let reportedMs = Number.NEGATIVE_INFINITY;
  return () => {
    messages += 1;
    const nowMs = clock.monotonicMs();
    if (nowMs - reportedMs < REPORT_PERIOD_MS) return;
    reportedMs = nowMs;
    events.record('feed_relay_refused', { messages });
    messages = 0;
  };
}
