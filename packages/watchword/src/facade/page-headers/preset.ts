import type { PageHeaderSettings } from './options.ts';

/** The name by which the policy refers to the address in `Reporting-Endpoints`. */
export const REPORTS_NAME = 'watchword';

const TWO_YEARS_SECONDS = 63_072_000;

/** The directives of a policy and their values, in the order in which they are sent. `Nonce` is what stands for the nonce's source. */
export type Policy<Nonce> = Readonly<Record<string, readonly (string | Nonce)[]>>;

/**
 * The policy. Nothing is allowed that is not named; scripts that run may load others only where nonces say which ones run, because
 * addresses are ignored then.
 */
export function policyOf<Nonce>(settings: PageHeaderSettings, nonce: Nonce | undefined): Policy<Nonce> {
  const { https, allow, withNonces, reports } = settings;
  const nonces = nonce === undefined ? [] : [nonce];
  const frames = allow['frame-src'];
  return {
    'default-src': ["'none'"],
    'script-src': [
      ...(withNonces ? ["'strict-dynamic'"] : ["'self'"]),
      ...(allow['script-src'] ?? []),
      ...nonces,
    ],
    'style-src': ["'self'", ...(allow['style-src'] ?? []), ...nonces],
    'img-src': ["'self'", ...(allow['img-src'] ?? [])],
    'font-src': ["'self'", ...(allow['font-src'] ?? [])],
    'media-src': ["'self'", ...(allow['media-src'] ?? [])],
    'connect-src': ["'self'", ...(allow['connect-src'] ?? [])],
    'worker-src': ["'self'", ...(allow['worker-src'] ?? [])],
    'manifest-src': ["'self'"],
    ...(frames !== undefined && frames.length > 0 && { 'frame-src': frames }),
    'form-action': ["'self'", ...(allow['form-action'] ?? [])],
    'object-src': ["'none'"],
    'base-uri': ["'none'"],
    'frame-ancestors': ["'none'"],
    ...(https && { 'upgrade-insecure-requests': [] }),
    ...(reports !== undefined && { 'report-uri': [reports] }),
    // Where there is both, browsers that know it take this one, and believe `Reporting-Endpoints` over HTTPS alone.
    ...(reports !== undefined && https && { 'report-to': [REPORTS_NAME] }),
  };
}

/** RFC 6797 §7.2: over plain HTTP nobody may say it. */
export function hstsOf({ https, hsts }: PageHeaderSettings) {
  if (!https) return undefined;
  return {
    maxAge: TWO_YEARS_SECONDS,
    includeSubDomains: hsts !== 'host',
    preload: hsts === 'preload',
  };
}

export function hstsText(settings: PageHeaderSettings): string | undefined {
  const hsts = hstsOf(settings);
  if (hsts === undefined) return undefined;
  const { maxAge, includeSubDomains, preload } = hsts;
  return `max-age=${maxAge}${includeSubDomains ? '; includeSubDomains' : ''}${preload ? '; preload' : ''}`;
}

/** Forms of the own origin keep their `Origin`, which with `no-referrer` would be `null`; other sites learn nothing. */
export const REFERRER_POLICY = 'same-origin';

export function permissionsPolicyOf({ features }: PageHeaderSettings): string {
  return [...features].map(([name, isUsed]) => `${name}=(${isUsed ? 'self' : ''})`).join(', ');
}

/** RFC 8941 §3.2, https://www.w3.org/TR/reporting-1/#header. */
export function reportingEndpointsOf({ reports, https }: PageHeaderSettings): string | undefined {
  return reports === undefined || !https ? undefined : `${REPORTS_NAME}="${reports}"`;
}
