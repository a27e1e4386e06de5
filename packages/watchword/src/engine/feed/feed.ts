import { equalBytes } from '../../crypto/digest.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { LogHead } from '../../domain/revocation.ts';
import type { ErrorCode } from '../../errors/catalogue.ts';
import type { StreamingBody } from '../../ports/byte-sink.ts';
import type { Clients } from '../clients/clients.ts';
import type { EngineContext } from '../context.ts';
import type { KeyKeeper } from '../keys/key-keeper.ts';
import type { Following } from '../revocation/follow.ts';
import type { RevocationView } from '../revocation/view.ts';
import { createCheckpoints, knownNow } from './checkpoints.ts';
import { FEED_LIMITS, RECORDS_AT_ONCE } from './limits.ts';
import type { FeedReader } from './reader.ts';
import { Snapshots } from './snapshots.ts';
import { Streams } from './streams.ts';
import { pieceOf, Tail, type TailPiece } from './tail.ts';

/** An answer that goes on, or why there is none. */
export type FeedAnswer =
  | { readonly kind: 'streaming'; readonly stream: StreamingBody }
  | { readonly kind: 'refused'; readonly code: ErrorCode };

/** The revocation log for verifiers in other services: docs/protocol.md, “The feed”. */
export interface Feed {
  /** The public keys that checkpoints are signed with. */
  keys(): readonly JsonObject[];
  /** Sends what follows upon a position, from now on. */
  follow(reader: FeedReader, position: LogHead, nonce: string | undefined): Promise<FeedAnswer>;
  /** Sends all that matters. */
  snapshot(reader: FeedReader, nonce: string | undefined): FeedAnswer;
  /** Whether somebody can be at that position; why not, if nobody can. */
  judgePosition(position: LogHead): Promise<ErrorCode | undefined>;
  /** Where this process is in the log, signed. */
  checkpoint(nonce: string | undefined): string;
  /** How many streams this process sends. */
  connections(): number;
  /** Ends all of them, and begins no more. */
  close(): void;
}

export interface FeedParts {
  readonly context: EngineContext;
  readonly keys: KeyKeeper;
  readonly view: RevocationView;
  readonly following: Following;
  readonly clients: Pick<Clients, 'isProof'>;
}

export function createFeed(parts: FeedParts, limits = FEED_LIMITS): Feed {
  const { context, keys, view, following, clients } = parts;
  const checkpoints = createCheckpoints(context, keys, following);
  const tail = new Tail();
  const isStillAllowed = ({ clientId, proof }: FeedReader): Promise<boolean> =>
    clients.isProof(clientId, proof);
  const streams = new Streams({
    context,
    checkpoints,
    tail,
    readPiece,
    isStillAllowed,
    limits,
  });
  const snapshots = new Snapshots({ context, checkpoints, view, isStillAllowed, limits });
  let isListening = false;
  let isClosed = false;

  async function readPiece(after: LogHead): Promise<TailPiece | undefined> {
    const records = await context.store.revocations.readAfter(after.sequence, RECORDS_AT_ONCE);
    const head = following.position();
    // What is beyond the view is not told before it is in force here.
    const applied = records.filter(({ sequence }) => head !== undefined && sequence <= head.sequence);
    return pieceOf(after, applied);
  }

  /** Where the log stands, looked up if somebody knows of more than this process does. */
  async function headFor({ epoch, sequence }: LogHead): Promise<LogHead> {
    const { head } = knownNow(checkpoints);
    if (head.epoch === epoch && head.sequence >= sequence) return head;
    await following.catchUp();
    return knownNow(checkpoints).head;
  }

  /** The hash at a position, if it is known without asking the store. */
  function knownHash(position: LogHead, head: LogHead): Uint8Array | undefined {
    return position.sequence === head.sequence ? head.hash : tail.hashAt(position);
  }

  function refuse(
    { clientId }: FeedReader,
    reason: 'too_many_streams' | 'too_many_snapshots' | undefined,
    code: ErrorCode = 'ERR_OVERLOADED',
  ): FeedAnswer {
    if (reason !== undefined) context.events.record('feed_refused', { clientId, reason });
    return { kind: 'refused', code };
  }

  return {
    keys: () => keys.feedJwks(),

    async follow(reader, position, nonce) {
      if (isClosed) return refuse(reader, undefined, 'ERR_CLOSED');
      // Nothing is kept in memory before somebody follows.
      if (!isListening) following.listen(streams);
      isListening = true;
      if (!streams.isFree(reader)) return refuse(reader, 'too_many_streams');
      const head = await headFor(position);
      const isBeyond = position.epoch !== head.epoch || position.sequence > head.sequence;
      if (isBeyond) return refuse(reader, undefined, 'ERR_FEED_POSITION');
      const hash = knownHash(position, head);
      const piece = hash === undefined ? await readPiece(position) : undefined;
      // The entry behind a position has a hash over its own.
      const isRight = hash === undefined ? piece !== undefined : equalBytes(hash, position.hash);
      if (!isRight) return refuse(reader, undefined, 'ERR_FEED_POSITION');
      return { kind: 'streaming', stream: streams.body(reader, { position, piece, nonce }) };
    },

    snapshot(reader, nonce) {
      if (isClosed) return refuse(reader, undefined, 'ERR_CLOSED');
      if (!snapshots.isFree(reader)) return refuse(reader, 'too_many_snapshots');
      knownNow(checkpoints);
      return { kind: 'streaming', stream: snapshots.body(reader, nonce) };
    },

    async judgePosition(position) {
      const head = await headFor(position);
      if (position.epoch !== head.epoch) return 'ERR_FEED_POSITION';
      if (position.sequence > head.sequence) return 'ERR_FEED_POSITION_INVALID';
      const hash = knownHash(position, head);
      return hash === undefined || equalBytes(hash, position.hash) ? undefined : 'ERR_FEED_POSITION_INVALID';
    },

    checkpoint(nonce) {
      return checkpoints.sign(knownNow(checkpoints), nonce === undefined ? {} : { nonce });
    },

    connections: () => streams.count,

    close() {
      isClosed = true;
      streams.close();
      snapshots.close();
    },
  };
}
