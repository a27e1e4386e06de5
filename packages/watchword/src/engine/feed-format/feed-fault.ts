/** Why bytes of the feed are not taken: `order` means that ids do not stand in the order of the id table. */
export type FeedFaultReason = 'malformed' | 'truncated' | 'too_large' | 'order';

/** What came is not what an issuer sends, or not all of it. */
export class FeedFault extends Error {
  override readonly name = 'FeedFault';
  readonly reason: FeedFaultReason;

  constructor(reason: FeedFaultReason, sentence: string) {
    super(sentence);
    this.reason = reason;
  }
}
