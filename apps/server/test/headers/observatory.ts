/*
 * The rules by which Mozilla's HTTP Observatory judges a site, written down again from github.com/mdn/mdn-http-observatory: each rule is a
 * file of src/analyzer/tests, its modifiers stand in src/grader/charts.js, the sum in src/scanner/index.js and src/grader/grader.js.
 * What it reads from elsewhere (its list of preloaded hosts, `meta` elements) is not here: the host of a test is on no list, and the test holds
 * the page to have no such element.
 */
import { judgePolicy, parsePolicy } from './observatory-policy.ts';

/** A site as the Observatory retrieves it. */
export interface Retrieved {
  /** Where the page was found in the end. */
  readonly url: URL;
  readonly headers: Headers;
  readonly html: string;
  /** The `set-cookie` headers of all answers. */
  readonly cookies: readonly string[];
  /** What is answered to a request with an `Origin` of somebody else's. */
  readonly cors: { readonly origin: string; readonly headers: Headers };
  /** Where one is led who begins over plain HTTP, that first; `undefined` where nothing answers there. */
  readonly httpRoute: readonly URL[] | undefined;
}

export interface Judged {
  readonly rule: string;
  readonly result: string;
  readonly modifier: number;
}

type Rule = (site: Retrieved) => readonly [result: string, modifier: number];

const SIX_MONTHS_SECONDS = 15_552_000;

const contentSecurityPolicy: Rule = ({ headers, url }) =>
  judgePolicy(headers.get('content-security-policy'), url.protocol === 'https:');

const cookies: Rule = ({ cookies: lines, headers }) => {
  if (lines.length === 0) return ['cookies-not-found', 0];
  const isKept = strictTransportSecurity({ headers } as Retrieved)[1] >= 0;
  const found = lines.map(readCookie);
  const worst = found.map((cookie) => judgeCookie(cookie, isKept)).toSorted((a, b) => a[1] - b[1])[0];
  if (worst !== undefined && worst[1] < 0) return worst;
  return found.every(({ sameSite }) => sameSite !== undefined)
    ? ['cookies-secure-with-httponly-sessions-and-samesite', 5]
    : ['cookies-secure-with-httponly-sessions', 0];
};

interface Cookie {
  readonly name: string;
  readonly secure: boolean;
  readonly httpOnly: boolean;
  readonly sameSite: string | undefined;
}

function readCookie(line: string): Cookie {
  const [pair = '', ...attributes] = line.split(';').map((part) => part.trim().toLowerCase());
  return {
    name: pair.split('=', 1)[0] ?? '',
    secure: attributes.includes('secure'),
    httpOnly: attributes.includes('httponly'),
    sameSite: attributes.find((one) => one.startsWith('samesite'))?.split('=')[1],
  };
}

/** The worst that can be said of a cookie; nothing where the modifier is 0. */
function judgeCookie({ name, secure, httpOnly, sameSite }: Cookie, isKept: boolean): ReturnType<Rule> {
  const isSession = name.includes('login') || name.includes('sess');
  if (isSession && !secure && !isKept) return ['cookies-session-without-secure-flag', -40];
  if (isSession && !httpOnly) return ['cookies-session-without-httponly-flag', -30];
  if (name.includes('csrf') && sameSite === undefined) return ['cookies-anticsrf-without-samesite-flag', -20];
  const isKnown = sameSite === undefined || ['lax', 'strict', 'none'].includes(sameSite);
  if (!isKnown || (sameSite === 'none' && !secure)) return ['cookies-samesite-flag-invalid', -20];
  if (isSession && !secure) return ['cookies-session-without-secure-flag-but-protected-by-hsts', -10];
  if (secure) return ['', 0];
  return isKept
    ? ['cookies-without-secure-flag-but-protected-by-hsts', -5]
    : ['cookies-without-secure-flag', -20];
}

const crossOriginResourceSharing: Rule = ({ cors }) => {
  const allowed = cors.headers.get('access-control-allow-origin');
  const name = 'cross-origin-resource-sharing';
  if (allowed === null) return [`${name}-not-implemented`, 0];
  if (allowed.trim() === '*') return [`${name}-implemented-with-public-access`, 0];
  const withCredentials = cors.headers.get('access-control-allow-credentials')?.toLowerCase() === 'true';
  return allowed === cors.origin && withCredentials
    ? [`${name}-implemented-with-universal-access`, -50]
    : [`${name}-implemented-with-restricted-access`, 0];
};

const redirection: Rule = ({ httpRoute }) => {
  if (httpRoute === undefined) return ['redirection-not-needed-no-http', 0];
  const [first, second] = httpRoute;
  if (second === undefined) return ['redirection-missing', -20];
  if (httpRoute.at(-1)?.protocol !== 'https:') return ['redirection-not-to-https', -20];
  if (second.protocol === 'http:') return ['redirection-not-to-https-on-initial-redirection', -10];
  return first?.hostname === second.hostname
    ? ['redirection-to-https', 0]
    : ['redirection-off-host-from-http', -5];
};

const PRIVATE = ['no-referrer', 'same-origin', 'strict-origin', 'strict-origin-when-cross-origin'];
const UNSAFE = ['origin', 'origin-when-cross-origin', 'unsafe-url', 'no-referrer-when-downgrade'];

const referrerPolicy: Rule = ({ headers }) => {
  const header = headers.get('referrer-policy');
  if (header === null) return ['referrer-policy-not-implemented', 0];
  const values = header.split(',').map((value) => value.trim().toLowerCase());
  const policy = values.findLast((value) => PRIVATE.includes(value) || UNSAFE.includes(value));
  if (policy === undefined) return ['referrer-policy-header-invalid', -5];
  return PRIVATE.includes(policy) ? ['referrer-policy-private', 5] : ['referrer-policy-unsafe', -5];
};

const strictTransportSecurity: Rule = ({ headers }) => {
  const header = headers.get('strict-transport-security');
  if (header === null) return ['hsts-not-implemented', -20];
  const age = /^max-age=(\d+)$/.exec(header.split(';')[0]?.trim().toLowerCase() ?? '')?.[1];
  if (age === undefined || header.includes(',')) return ['hsts-header-invalid', -20];
  return Number(age) < SIX_MONTHS_SECONDS
    ? ['hsts-implemented-max-age-less-than-six-months', -10]
    : ['hsts-implemented-max-age-at-least-six-months', 0];
};

const subresourceIntegrity: Rule = ({ headers, html, url }) => {
  const [type] = (headers.get('content-type') ?? '').split(';');
  if (type !== 'text/html') return ['sri-not-implemented-response-not-html', 0];
  const scripts = [...html.matchAll(/<script\b([^>]*)>/gi)].map(([, attributes = '']) => attributes);
  if (scripts.length === 0) return ['sri-not-implemented-but-no-scripts-loaded', 0];
  const loaded = scripts.map(readScript).filter(({ source }) => source !== undefined);
  const foreign = loaded.filter(
    ({ source = '' }) => new URL(source, url).origin !== url.origin || source.startsWith('//'),
  );
  const isSecure = ({ source = '' }: ReturnType<typeof readScript>): boolean => source.startsWith('https:');
  if (foreign.some((one) => !one.hasIntegrity && !isSecure(one))) {
    return ['sri-not-implemented-and-external-scripts-not-loaded-securely', -50];
  }
  if (foreign.some((one) => !isSecure(one))) {
    return ['sri-implemented-but-external-scripts-not-loaded-securely', -20];
  }
  if (foreign.some(({ hasIntegrity }) => !hasIntegrity)) {
    return ['sri-not-implemented-but-external-scripts-loaded-securely', -5];
  }
  if (foreign.length > 0) return ['sri-implemented-and-external-scripts-loaded-securely', 5];
  return loaded.some(({ hasIntegrity }) => hasIntegrity)
    ? ['sri-implemented-and-all-scripts-loaded-securely', 5]
    : ['sri-not-implemented-but-all-scripts-loaded-from-secure-origin', 0];
};

function readScript(attributes: string) {
  return {
    source: /\bsrc\s*=\s*["']?([^"'\s>]+)/i.exec(attributes)?.[1],
    hasIntegrity: /\bintegrity\s*=/i.test(attributes),
  };
}

const contentTypeOptions: Rule = ({ headers }) => {
  const header = headers.get('x-content-type-options');
  if (header === null) return ['x-content-type-options-not-implemented', -5];
  return header.trim().toLowerCase() === 'nosniff'
    ? ['x-content-type-options-nosniff', 0]
    : ['x-content-type-options-header-invalid', -5];
};

const frameOptions: Rule = ({ headers }) => {
  const policy = headers.get('content-security-policy');
  if (policy !== null && parsePolicy(policy)?.has('frame-ancestors') === true) {
    return ['x-frame-options-implemented-via-csp', 5];
  }
  const header = headers.get('x-frame-options')?.trim().toLowerCase();
  if (header === undefined) return ['x-frame-options-not-implemented', -20];
  if (['deny', 'sameorigin'].includes(header)) return ['x-frame-options-sameorigin-or-deny', 0];
  return header.startsWith('allow-from')
    ? ['x-frame-options-allow-from-origin', 0]
    : ['x-frame-options-header-invalid', -20];
};

const crossOriginResourcePolicy: Rule = ({ headers }) => {
  switch (headers.get('cross-origin-resource-policy')?.trim().toLowerCase()) {
    case undefined:
      return ['corp-not-implemented', 0];
    case 'same-origin':
      return ['corp-implemented-with-same-origin', 10];
    case 'same-site':
      return ['corp-implemented-with-same-site', 10];
    case 'cross-origin':
      return ['corp-implemented-with-cross-origin', 0];
    default:
      return ['corp-header-invalid', -5];
  }
};

const RULES: ReadonlyMap<string, Rule> = new Map([
  ['content-security-policy', contentSecurityPolicy],
  ['cookies', cookies],
  ['cross-origin-resource-sharing', crossOriginResourceSharing],
  ['redirection', redirection],
  ['referrer-policy', referrerPolicy],
  ['strict-transport-security', strictTransportSecurity],
  ['subresource-integrity', subresourceIntegrity],
  ['x-content-type-options', contentTypeOptions],
  ['x-frame-options', frameOptions],
  ['cross-origin-resource-policy', crossOriginResourcePolicy],
]);

export function judge(site: Retrieved): readonly Judged[] {
  return [...RULES].map(([rule, apply]) => {
    const [result, modifier] = apply(site);
    return { rule, result, modifier };
  });
}

const FOR_EXTRA_CREDIT = 90;
const GRADES = [
  [100, 'A+'],
  [90, 'A'],
  [85, 'A-'],
  [80, 'B+'],
  [70, 'B'],
  [65, 'B-'],
  [60, 'C+'],
  [50, 'C'],
  [45, 'C-'],
  [40, 'D+'],
  [30, 'D'],
  [25, 'D-'],
  [0, 'F'],
] as const;

/** Bonuses count once the deductions alone have left an A. */
export function gradeOf(judged: readonly Judged[]): { readonly score: number; readonly grade: string } {
  const sum = (modifiers: readonly number[]): number => modifiers.reduce((total, one) => total + one, 100);
  const modifiers = judged.map(({ modifier }) => modifier);
  const deducted = sum(modifiers.filter((modifier) => modifier < 0));
  const score = Math.max(0, deducted >= FOR_EXTRA_CREDIT ? sum(modifiers) : deducted);
  return { score, grade: GRADES.find(([least]) => score >= least)?.[1] ?? 'F' };
}
