import { formatCookie } from '../cookies/cookies.ts';
import { CSRF_HEADER } from '../cookies/csrf-cookie.ts';
import type { NeutralRequest } from '../neutral.ts';
import type { HttpSettings } from '../settings.ts';

/** Where an installation asks itself; behind it stands the probe. */
export const PROBE_PATH = '/auth/self-check/';

/** What becomes of a header on its way. */
export type Arrival = 'intact' | 'missing' | 'changed';

/** What a probe is answered with. */
export interface ProbeAnswer {
  readonly proof: string;
  /** Another one in each answer, so that one out of a cache is known. */
  readonly stamp: string;
  readonly host: string;
  /** `''` where no proxy says. */
  readonly scheme: string;
  readonly headers: Readonly<Record<ProbedHeader, Arrival>>;
}

export type ProbedHeader = 'origin' | 'sec-fetch-site' | typeof CSRF_HEADER | 'cookie' | 'authorization';

/** What a page sends, and a program; all of it in one request, as no browser would. */
export function probeHeaders(probe: string, settings: HttpSettings): Readonly<Record<ProbedHeader, string>> {
  return {
    origin: settings.ownOrigin,
    'sec-fetch-site': 'same-origin',
    [CSRF_HEADER]: probe,
    cookie: `__Host-${settings.cookiePrefix}_probe=${probe}`,
    authorization: `Bearer ${probe}`,
  };
}

/** What has become of them. What a proxy has put in their place is nobody's business. */
export function arrivalsOf(
  request: NeutralRequest,
  probe: string,
  settings: HttpSettings,
): ProbeAnswer['headers'] {
  const sent = probeHeaders(probe, settings);
  const arrival = (name: ProbedHeader): Arrival => {
    const value = request.header(name);
    if (value === undefined) return 'missing';
    // Others may add cookies of their own.
    const isIntact = name === 'cookie' ? value.split('; ').includes(sent[name]) : value === sent[name];
    return isIntact ? 'intact' : 'changed';
  };
  return {
    origin: arrival('origin'),
    'sec-fetch-site': arrival('sec-fetch-site'),
    [CSRF_HEADER]: arrival(CSRF_HEADER),
    cookie: arrival('cookie'),
    authorization: arrival('authorization'),
  };
}

/** Two cookies, as a session has several, with the attributes that all of ours have. */
export function probeCookies(stamp: string, settings: HttpSettings): readonly string[] {
  return ['probe1', 'probe2'].map((kind) =>
    formatCookie(`__Host-${settings.cookiePrefix}_${kind}`, stamp, {
      maxAgeSeconds: 60,
      httpOnly: true,
      settings,
    }),
  );
}
