import type { RemoteFeed } from '../engine/remote-feed/remote-feed.ts';
import type { TokenExpectations, Verdict } from '../engine/tokens/verify.ts';
import type { TokenClaims } from '../engine/tokens/verified-token.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventSink } from '../ports/event-sink.ts';
import type { Wanted } from './expect-of-verifier.ts';
import type { Trusted } from './trusted-issuer.ts';

export interface StaleAnswersParts {
  readonly clock: Clock;
  readonly events: EventSink;
  readonly trusted: readonly Trusted[];
  readonly judge: (token: string, expected: TokenExpectations) => Verdict;
}

/** What becomes of tokens while the newest revocations are not known: all that can be judged is judged all the same. */
export interface StaleAnswers {
  /** Of a verdict that staleness brought about another one, if the route has it so. */
  answer(token: string, wanted: Wanted, verdict: Verdict): Verdict;
  /** The same, where the issuer may be asked. */
  answerByAsking(token: string, wanted: Wanted, verdict: Verdict): Promise<Verdict>;
}

const REPORT_PERIOD_MS = 1000;

export function createStaleAnswers({ clock, events, trusted, judge }: StaleAnswersParts): StaleAnswers {
  let reportedMs = Number.NEGATIVE_INFINITY;

  /** The verdict without regard to staleness. */
  function judgeOtherwise(token: string, { expected }: Wanted): Verdict {
    return judge(token, { ...expected, maxStalenessMs: Number.POSITIVE_INFINITY });
  }

  function accept(token: string, wanted: Wanted): Verdict {
    const verdict = judgeOtherwise(token, wanted);
    if (verdict.kind === 'verified') report(verdict.token);
    return verdict;
  }

  function report(token: TokenClaims): void {
    const nowMs = clock.monotonicMs();
    if (nowMs - reportedMs < REPORT_PERIOD_MS) return;
    reportedMs = nowMs;
    const ageMs = Math.round(feedOf(trusted, token)?.ageMs() ?? 0);
    events.record('accepted_stale', { issuer: token.issuer, ageMs });
  }

  async function ask(token: string, wanted: Wanted, stale: Verdict): Promise<Verdict> {
    const otherwise = judgeOtherwise(token, wanted);
    if (otherwise.kind === 'refused') return otherwise;
    const said = await feedOf(trusted, otherwise.token)?.ask(token, otherwise.token);
    if (said === 'inactive') return INACTIVE;
    // What was learned while the issuer was asked counts as well.
    return said === 'active' ? judgeOtherwise(token, wanted) : stale;
  }

  return {
    answer(token, wanted, verdict) {
      return isStale(verdict) && wanted.whenStale === 'accept' ? accept(token, wanted) : verdict;
    },
    async answerByAsking(token, wanted, verdict) {
      if (!isStale(verdict) || wanted.whenStale === 'refuse') return verdict;
      return wanted.whenStale === 'accept' ? accept(token, wanted) : ask(token, wanted, verdict);
    },
  };
}

const INACTIVE: Verdict = {
  kind: 'refused',
  code: 'ERR_TOKEN_REVOKED',
  detail: 'the issuer says that it is not active',
};

/** The feed of whoever issued the token. */
export function feedOf(trusted: readonly Trusted[], { issuer }: TokenClaims): RemoteFeed | undefined {
  const [only, another] = trusted;
  return another === undefined ? only?.feed : trusted.find((one) => one.issuer === issuer)?.feed;
}

function isStale(verdict: Verdict): boolean {
  return verdict.kind === 'refused' && verdict.code === 'ERR_FEED_STALE';
}
