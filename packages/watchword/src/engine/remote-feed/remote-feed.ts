import { toHex } from '../../crypto/bytes.ts';
import { formatPosition } from '../../domain/feed.ts';
import { WatchwordError } from '../../errors/watchword-error.ts';
import type { VerifiedToken } from '../tokens/verified-token.ts';
import type { RevocationView } from '../revocation/view.ts';
import { askIssuer } from './ask-issuer.ts';
import { EventStreamReader } from './event-stream.ts';
import { FeedKnowledge, type FeedKnowledgeParts } from './feed-knowledge.ts';
import { faultOf, RemoteFault } from './feed-problem.ts';
import { basicAuthorization, openFeed } from './feed-requests.ts';
import { openFeedSource, type FeedSource, type FeedSourceParts } from './feed-source.ts';
import { FeedStatus, type RemoteFeedStatus } from './feed-status.ts';
import { loadSnapshot } from './load-snapshot.ts';
import { createNonce } from './nonce.ts';
import { ReceiptSender } from './receipt-sender.ts';
import { RetryDelay } from './retry-delay.ts';
import { StreamJudge, type Advance } from './stream-judge.ts';
import { UseReports } from './use-reports.ts';

export interface RemoteFeedParts extends FeedSourceParts, FeedKnowledgeParts {
  readonly clientId: string;
  readonly clientSecret: string;
  /** What people call this verifier. */
  readonly name: string;
  /** The issuer's token keys are others than before. */
  readonly onKeysChanged: () => void;
}

/** The issuer sends a checkpoint each second. */
const PATIENCE_MS = 3000;
/** How long whoever waits for the first state looks away. */
const WAIT_MS = 20;
const INSTANCE_BYTES = 16;
/** Some milliseconds of work. */
const MANY_RECORDS = 100;

/**
 * The revocations of an issuer elsewhere, followed in the background: a snapshot, then the stream from where it ends. What is known
 * stays until it expires, whatever comes or does not come; how old that knowledge is, `ageMs` says.
 */
export class RemoteFeed {
  readonly #parts: RemoteFeedParts & { readonly authorization: string };
  readonly #instance: string;
  readonly #knowledge: FeedKnowledge;
  readonly #status: FeedStatus;
  readonly #uses: UseReports;
  readonly #delay: RetryDelay;
  #opening: Promise<FeedSource> | undefined;
  #source: FeedSource | undefined;
  #receipts: ReceiptSender | undefined;
  #keyRevision: number | undefined;
  #cancelRequest: () => void = () => undefined;
  #wake: () => void = () => undefined;
  #closed = false;
  #closing: Promise<void> | undefined;

  constructor(parts: RemoteFeedParts) {
    const { clock, events, random, clientId, clientSecret, issuer } = parts;
    this.#parts = { ...parts, authorization: basicAuthorization(clientId, clientSecret) };
    this.#instance = toHex(random.bytes(INSTANCE_BYTES));
    this.#knowledge = new FeedKnowledge(parts);
    this.#status = new FeedStatus(clock, events, issuer);
    this.#uses = new UseReports(clock, () => this.#receipts?.soon());
    this.#delay = new RetryDelay(clock, random);
  }

  /** Begins to follow, and goes on until `close`. */
  start(): void {
    void this.#run();
  }

  get view(): RevocationView {
    return this.#knowledge.view;
  }

  ageMs(): number {
    return this.#knowledge.freshness.ageMs();
  }

  status(): RemoteFeedStatus {
    return this.#status.of(this.#knowledge);
  }

  /** Notes that a token was taken. */
  noteUse(token: VerifiedToken): void {
    this.#uses.note(token);
  }

  /** Resolves once what is known is no older than that; rejects with `ERR_CLOSED` after `close`. */
  async whenFresh(maxStalenessMs: number): Promise<void> {
    while (this.ageMs() > maxStalenessMs) {
      if (this.#closed) throw new WatchwordError('ERR_CLOSED');
      await this.#parts.scheduler.sleep(WAIT_MS);
    }
  }

  /** Asks the issuer itself about a token that is right in every other way. */
  async ask(text: string, token: VerifiedToken): Promise<'active' | 'inactive' | 'unreachable'> {
    if (this.#closed) return 'unreachable';
    try {
      const { paths } = await this.#open();
      return await askIssuer(this.#parts, paths.introspection, text, token);
    } catch {
      return 'unreachable';
    }
  }

  /** Follows no further, says goodbye to the issuer, and writes down what is known. */
  close(): Promise<void> {
    this.#closed = true;
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    this.#cancelRequest();
    this.#wake();
    await Promise.all([this.#receipts?.close(), this.#knowledge.close()]);
    this.#source?.reader.close();
  }

  async #run(): Promise<void> {
    await this.#knowledge.open();
    while (!this.#closed) {
      const fault = await this.#connect();
      if (this.#closed) return;
      this.#status.failed(fault);
      await this.#pause(this.#delay.after(fault));
    }
  }

  /** Follows until it cannot any more, and says why. */
  async #connect(): Promise<RemoteFault> {
    try {
      const source = await this.#open();
      if (this.#knowledge.trail.position === undefined) await this.#load(source);
      try {
        await this.#follow(source);
      } catch (error) {
        if (!(error instanceof RemoteFault && error.problem === 'position')) throw error;
        this.#status.stopped();
        await this.#load(source);
        await this.#follow(source);
      }
      return new RemoteFault('ended', 'the issuer ended the stream');
    } catch (error) {
      return faultOf(error);
    } finally {
      this.#status.stopped();
    }
  }

  #open(): Promise<FeedSource> {
    this.#opening ??= openFeedSource(this.#parts).then(
      (source) => {
        this.#source = source;
        if (this.#closed) source.reader.close();
        return source;
      },
      (error: unknown) => {
        this.#opening = undefined;
        throw error;
      },
    );
    return this.#opening;
  }

  async #load({ paths, reader }: FeedSource): Promise<void> {
    if (this.#closed) return;
    const { events, issuer, random } = this.#parts;
    const parts = { ...this.#parts, read: reader.read };
    const snapshot = await loadSnapshot(parts, paths.snapshot, createNonce(random), this.#onSent);
    const { trail } = this.#knowledge;
    // A history that was restored may not have what was reported.
    if (snapshot.checkpoint.head.epoch !== trail.position?.epoch) this.#uses.forget();
    await this.#knowledge.take(snapshot);
    const { epoch, sequence } = snapshot.checkpoint.head;
    events.record('feed_loaded', { issuer, epoch, sequence });
  }

  async #follow(source: FeedSource): Promise<void> {
    const { trail } = this.#knowledge;
    if (trail.position === undefined || this.#closed) return;
    const nonce = createNonce(this.#parts.random);
    const feed = await openFeed(this.#parts, {
      url: `${source.paths.stream}?nonce=${nonce}`,
      headers: { 'last-event-id': formatPosition(trail.position) },
      contentType: 'text/event-stream',
      patienceMs: PATIENCE_MS,
      onSent: this.#onSent,
    });
    const judge = new StreamJudge({ trail, nonce, read: source.reader.read });
    const events = new EventStreamReader();
    for await (const piece of feed.pieces()) {
      for (const event of events.push(piece)) {
        const advance = await judge.take(event);
        if (this.#closed) return;
        if (advance === undefined) continue;
        if (advance.isFirst) this.#begin(advance, feed.sentMs);
        this.#advance(advance, source);
        feed.heard();
        // A flood of them takes turns with whatever else this process has to do.
        if (advance.records.length >= MANY_RECORDS) await this.#parts.scheduler.nextTurn();
      }
    }
  }

  #begin({ checkpoint }: Advance, sentMs: number): void {
    this.#knowledge.issuerClock.begin(checkpoint, sentMs);
    this.#status.following();
    this.#delay.following();
  }

  #advance(advance: Advance, source: FeedSource): void {
    const { checkpoint, records, isFirst } = advance;
    this.#knowledge.advance(advance);
    this.#uses.settleAfter(checkpoint.settleMs);
    if (checkpoint.keyRevision !== this.#keyRevision) {
      this.#keyRevision = checkpoint.keyRevision;
      this.#parts.onKeysChanged();
    }
    if (isFirst || records.length > 0) this.#receiptsTo(source).soon();
  }

  #receiptsTo({ paths, reader }: FeedSource): ReceiptSender {
    const { issuerClock, trail } = this.#knowledge;
    this.#receipts ??= new ReceiptSender(
      { ...this.#parts, instance: this.#instance, issuerClock, uses: this.#uses, read: reader.read },
      paths.receipts,
      () => trail.position,
    );
    return this.#receipts;
  }

  readonly #onSent = (cancel: () => void): void => {
    this.#cancelRequest = cancel;
    if (this.#closed) cancel();
  };

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#parts.scheduler.after(delayMs, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }
}
