/**
 * The codes of a refused access token after which a renewal helps, or tells the truth:
 * - missing, expired: a browser drops the cookie when the token expires, unless it keeps it until it is closed;
 * - key unknown: the key was retired; a renewal gives a token of the key in use;
 * - revoked: if it was the token or its key, a renewal gives a good one; if it was the session, the renewal is refused, and
 *   that is how a sign-out from elsewhere is noticed.
 *
 * All others stay true of the next token: another audience, a scope that lacks, a sign-in that is too long ago.
 */
const RENEWABLE = /^ERR_TOKEN_(?:MISSING|EXPIRED|KEY_UNKNOWN|REVOKED)$/;

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
/** A proxy that asks for a day does not know what it asks. */
const LONGEST_RETRY_AFTER_MS = 600_000;

/** Whether it is our refusal of an access token that a renewal can replace. */
export async function isRenewable(response: Response): Promise<boolean> {
  return RENEWABLE.test(await codeOf401(response));
}

/** Our code in a 401; `''` for other answers, and those of somebody else on the way. Leaves the body unread. */
export async function codeOf401(response: Response): Promise<string> {
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json') === true;
  if (response.status !== 401 || !isProblem) return '';
  const { code } = await jsonOf<{ readonly code?: unknown }>(response.clone());
  return String(code);
}

/** The JSON object of an answer, `{}` where it is none. */
export async function jsonOf<Body extends object>(response: Response): Promise<Partial<Body>> {
  try {
    return Object(await response.json()) as Partial<Body>;
  } catch {
    return {};
  }
}

/** How long to wait after so many failures in a row: longer each time, never shorter than asked for, spread by chance. */
export function waitMs(failures: number, retryAfter: string | null | undefined): number {
  const backoffMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures);
  const askedMs = Math.min(LONGEST_RETRY_AFTER_MS, Number(retryAfter) * 1000 || 0);
  return Math.max(askedMs, backoffMs) * (1 + Math.random() / 4);
}
