import { decodeUtf8 } from '../../crypto/bytes.ts';
import { encodeBase64url } from '../../crypto/base64url.ts';
import type { FeedCheckpoint } from '../../domain/feed.ts';
import { isJsonObject, parseStrictJson } from '../../domain/json.ts';
import type { LogHead } from '../../domain/revocation.ts';
import { VERSION } from '../../domain/version.ts';
import type { Clock } from '../../ports/clock.ts';
import type { HttpAnswer, HttpClient } from '../../ports/http-client.ts';
import type { Random } from '../../ports/random.ts';
import type { Scheduler } from '../../ports/scheduler.ts';
import { pauseOf } from './feed-requests.ts';
import type { IssuerClock } from './issuer-clock.ts';
import { createNonce } from './nonce.ts';
import type { TokenUse, UseReports } from './use-reports.ts';

const LIMITS = { timeoutMs: 3000, maxBytes: 65_536 };
/** Who stops does not wait long for somebody who may be gone. */
const CLOSING_LIMITS = { timeoutMs: 1000, maxBytes: 65_536 };
/** However much is applied, and how long nothing need be, between two receipts. */
const SHORTEST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 10_000;
const RETRY_MS = 1000;
const MOST_USES = 500;
const JITTER = 0.1;

export interface ReceiptParts {
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly authorization: string;
  readonly name: string;
  readonly instance: string;
  readonly issuerClock: IssuerClock;
  readonly uses: UseReports;
  readonly read: (text: string) => Promise<FeedCheckpoint>;
}

/** Tells the issuer how far this verifier has come: at once when it came further, and now and then; one request at a time. */
export class ReceiptSender {
  readonly #parts: ReceiptParts;
  readonly #url: string;
  readonly #position: () => LogHead | undefined;
  #sending: Promise<void> | undefined;
  #wanted = false;
  #sentMs = Number.NEGATIVE_INFINITY;
  #notBeforeMs = Number.NEGATIVE_INFINITY;
  #cancelNext: () => void = () => undefined;
  #stopped = false;

  constructor(parts: ReceiptParts, url: string, position: () => LogHead | undefined) {
    this.#parts = parts;
    this.#url = url;
    this.#position = position;
  }

  /** There is something to tell. */
  soon(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    if (this.#sending === undefined) this.#schedule();
  }

  /** Says goodbye, so that nobody waits for this instance. */
  async close(): Promise<void> {
    this.#stopped = true;
    this.#cancelNext();
    await this.#sending;
    if (this.#sentMs === Number.NEGATIVE_INFINITY) return;
    await this.#post({ closing: true, ...this.#uses().fields }, CLOSING_LIMITS).catch(() => undefined);
  }

  #schedule(): void {
    this.#cancelNext();
    if (this.#stopped) return;
    const { clock, scheduler, random } = this.#parts;
    const pauseMs = this.#wanted ? SHORTEST_PAUSE_MS : LONGEST_PAUSE_MS * (1 - JITTER * random.jitter());
    const dueMs = Math.max(this.#sentMs + pauseMs, this.#notBeforeMs);
    const delayMs = Math.max(0, dueMs - clock.monotonicMs());
    if (delayMs === 0) this.#send();
    else this.#cancelNext = scheduler.after(delayMs, () => this.#send());
  }

  #send(): void {
    if (this.#stopped || this.#sending !== undefined) return;
    this.#wanted = false;
    this.#sentMs = this.#parts.clock.monotonicMs();
    this.#sending = this.#deliver().finally(() => {
      this.#sending = undefined;
      if (!this.#parts.uses.isEmpty) this.#wanted = true;
      this.#schedule();
    });
  }

  async #deliver(): Promise<void> {
    const { clock, issuerClock, random, uses } = this.#parts;
    const { taken, fields } = this.#uses();
    const nonce = issuerClock.isDue ? createNonce(random) : undefined;
    const sentMs = clock.monotonicMs();
    try {
      const answer = await this.#post({ ...fields, ...(nonce !== undefined && { nonce }) }, LIMITS);
      if (answer.status !== 200) {
        uses.lose(taken);
        this.#notBeforeMs = clock.monotonicMs() + (pauseOf(answer) ?? RETRY_MS);
      } else if (nonce !== undefined) {
        await this.#exchange(answer, nonce, sentMs);
      }
    } catch {
      // The issuer hears of it from the next one, and the stream tells whether it is there.
      uses.lose(taken);
      this.#notBeforeMs = clock.monotonicMs() + RETRY_MS;
    }
  }

  async #exchange({ body }: HttpAnswer, nonce: string, sentMs: number): Promise<void> {
    const value = parseStrictJson(decodeUtf8(body) ?? '', { maxDepth: 2 });
    const text = isJsonObject(value) ? value['checkpoint'] : undefined;
    if (typeof text !== 'string') return;
    const checkpoint = await this.#parts.read(text);
    if (checkpoint.nonce === nonce) this.#parts.issuerClock.refine(checkpoint, sentMs);
  }

  #uses(): { readonly taken: readonly TokenUse[]; readonly fields: object } {
    const taken = this.#parts.uses.take(MOST_USES);
    const uses = taken.map(({ tokenId, sessionId, generation, ageMs }) => [
      tokenId,
      sessionId,
      generation,
      Math.floor(ageMs),
    ]);
    return { taken, fields: uses.length > 0 ? { uses } : {} };
  }

  async #post(fields: object, limits: typeof LIMITS): Promise<HttpAnswer> {
    const { http, authorization, instance, name } = this.#parts;
    const position = this.#position();
    if (position === undefined) throw new Error('nothing is applied');
    const { epoch, sequence, hash } = position;
    const receipt = {
      instance,
      name,
      version: VERSION,
      epoch,
      sequence,
      hash: encodeBase64url(hash),
      ...fields,
    };
    const body = { type: 'application/json', text: JSON.stringify(receipt) } as const;
    return http.post(this.#url, { authorization }, body, limits);
  }
}
