import type { Clock } from '../../ports/clock.ts';
import type { HttpClient, HttpHead } from '../../ports/http-client.ts';
import type { Scheduler } from '../../ports/scheduler.ts';
import { RemoteFault } from './feed-problem.ts';
import { Watchdog } from './watchdog.ts';

/** The longest that an issuer is left alone because it asks for it: one such answer must not make a verifier stale for a minute. */
const LONGEST_PAUSE_MS = 5000;

export interface RequestParts {
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  /** `Basic …`. */
  readonly authorization: string;
}

/** RFC 6749 §2.3.1: both parts are form-encoded before they become those of RFC 7617. */
export function basicAuthorization(clientId: string, clientSecret: string): string {
  return `Basic ${btoa(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`)}`;
}

/** An answer of the feed that goes on. */
export interface OpenFeed {
  /** The local monotonic time before which the request was not sent. */
  readonly sentMs: number;
  /** The body. Where nothing is `heard` for too long, it ends with a `RemoteFault`. */
  pieces(): AsyncIterable<Uint8Array>;
  /** Something came that counts. */
  heard(): void;
  cancel(): void;
}

export interface FeedRequest {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly contentType: string;
  readonly patienceMs: number;
  /** Is handed what cancels the request, as soon as it is sent. */
  readonly onSent: (cancel: () => void) => void;
}

export async function openFeed(parts: RequestParts, request: FeedRequest): Promise<OpenFeed> {
  const { http, clock, authorization } = parts;
  const { url, headers, contentType, patienceMs, onSent } = request;
  const sentMs = clock.monotonicMs();
  const stream = http.stream(url, { accept: contentType, authorization, ...headers });
  let isSilent = false;
  const watchdog = new Watchdog(parts, patienceMs, () => {
    isSilent = true;
    stream.cancel();
  });
  const cancel = (): void => {
    watchdog.stop();
    stream.cancel();
  };
  const silence = (error: unknown): unknown =>
    isSilent ? new RemoteFault('silent', `nothing came for ${patienceMs} ms`) : error;
  onSent(cancel);
  try {
    assertOpen(await stream.head, contentType);
  } catch (error) {
    cancel();
    throw silence(error);
  }
  watchdog.heard();
  return {
    sentMs,
    heard: () => watchdog.heard(),
    cancel,
    async *pieces() {
      try {
        yield* stream.pieces();
      } catch (error) {
        throw silence(error);
      } finally {
        cancel();
      }
    },
  };
}

function assertOpen(head: HttpHead, contentType: string): void {
  const { status } = head;
  const pauseMs = pauseOf(head);
  if (status === 401 || status === 403) {
    const lacking = status === 403 ? ': the client lacks the role `verifier`' : ': the secret is wrong';
    throw new RemoteFault('credential', `the issuer answers ${status}${lacking}`, pauseMs);
  }
  if (status === 409) throw new RemoteFault('position', 'the issuer does not know the position', pauseMs);
  if (status === 429 || status === 503)
    throw new RemoteFault('busy', `the issuer answers ${status}`, pauseMs);
  if (status !== 200) throw new RemoteFault('status', `the issuer answers ${status}`, pauseMs);
  const given = head.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (given !== contentType) throw new RemoteFault('malformed', `the answer is no ${contentType}`);
}

/** RFC 9110 §10.2.3, in seconds: dates are for caches. */
export function pauseOf(head: HttpHead): number | undefined {
  const [seconds] = /^\d{1,5}$/.exec(head.header('retry-after') ?? '') ?? [];
  return seconds === undefined ? undefined : Math.min(Number(seconds) * 1000, LONGEST_PAUSE_MS);
}
