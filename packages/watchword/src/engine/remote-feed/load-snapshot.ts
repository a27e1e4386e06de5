import { equalBytes } from '../../crypto/digest.ts';
import type { FeedCheckpoint } from '../../domain/feed.ts';
import type { EventSink } from '../../ports/event-sink.ts';
import { SnapshotReader } from '../feed-format/read-snapshot.ts';
import { createRevocationView, type RevocationView } from '../revocation/view.ts';
import { RemoteFault } from './feed-problem.ts';
import { openFeed, type RequestParts } from './feed-requests.ts';

/** How long nothing may come while a snapshot is loaded, and how long all of it may take. */
const PATIENCE_MS = 5000;
const LONGEST_MS = 5 * 60_000;

export interface SnapshotParts extends RequestParts {
  readonly events: EventSink;
  readonly issuer: string;
  readonly read: (text: string) => Promise<FeedCheckpoint>;
}

/** A snapshot that the issuer signed just now. */
export interface LoadedSnapshot {
  /** All its entries; nobody else has this view. */
  readonly staged: RevocationView;
  readonly checkpoint: FeedCheckpoint;
  readonly text: string;
}

/** Loads a snapshot beside what is in use; it counts from the moment that its signature, digest and nonce are found right. */
export async function loadSnapshot(
  parts: SnapshotParts,
  url: string,
  nonce: string,
  onSent: (cancel: () => void) => void,
): Promise<LoadedSnapshot> {
  const { clock, events, issuer, read } = parts;
  const staged = createRevocationView(clock, events);
  const reader = new SnapshotReader(staged);
  const feed = await openFeed(parts, {
    url: `${url}?nonce=${nonce}`,
    contentType: 'application/vnd.watchword.feed-snapshot',
    patienceMs: PATIENCE_MS,
    onSent,
  });
  for await (const piece of feed.pieces()) {
    reader.push(piece);
    feed.heard();
    if (clock.monotonicMs() - feed.sentMs > LONGEST_MS) {
      throw new RemoteFault('silent', 'the snapshot takes longer than five minutes');
    }
  }
  const { head, issuer: named, checkpointText, digest } = reader.finish();
  const checkpoint = await read(checkpointText);
  if (named !== issuer) throw new RemoteFault('issuer', 'the snapshot is another issuer’s');
  if (checkpoint.nonce !== nonce) {
    throw new RemoteFault('replayed', 'the snapshot is not an answer to this request');
  }
  const { epoch, sequence, hash } = checkpoint.head;
  const isItsHead = epoch === head.epoch && sequence === head.sequence && equalBytes(hash, head.hash);
  if (!isItsHead || checkpoint.snapshot === undefined || !equalBytes(checkpoint.snapshot, digest)) {
    throw new RemoteFault('digest', 'the snapshot is not the one that the issuer signed');
  }
  return { staged, checkpoint, text: checkpointText };
}
