/* src/analyzer/tests/csp.js and src/analyzer/cspParser.js of the Observatory, for one policy in one header. */

const BROAD = ['ftp:', 'http:', 'https:', '*', 'http://*', 'http://*.*', 'https://*', 'https://*.*'];
const BROAD_OR_INLINE = [...BROAD, "'unsafe-inline'", 'data:'];

type Sources = ReadonlySet<string>;

/** By directive its sources; `undefined` for what it calls invalid: a directive that is written twice, or nothing. */
export function parsePolicy(header: string): ReadonlyMap<string, Sources> | undefined {
  const directives = new Map<string, Sources>();
  for (const text of header.toLowerCase().split(';')) {
    const [name = '', ...values] = text.trim().split(/\s+/);
    if (name === '') continue;
    if (directives.has(name) && !['report-uri', 'report-to'].includes(name)) return undefined;
    directives.set(name, new Set(values.length === 0 && name.endsWith('-src') ? ["'none'"] : values));
  }
  return directives.size === 0 || header.includes(',') ? undefined : directives;
}

export function judgePolicy(
  header: string | null,
  isHttps: boolean,
): readonly [result: string, modifier: number] {
  if (header === null) return ['csp-not-implemented', -25];
  const policy = parsePolicy(header);
  if (policy === undefined) return ['csp-header-invalid', -25];
  const sourcesOf = (name: string): Sources =>
    policy.get(name) ?? policy.get('default-src') ?? new Set(['*']);
  const [scripts, styles] = [inForce(sourcesOf('script-src')), inForce(sourcesOf('style-src'))];
  if (scripts.has("'strict-dynamic'") && !hasNonceOrHash(scripts)) return ['csp-header-invalid', -25];
  if (hasAny(scripts, BROAD_OR_INLINE) || hasAny(sourcesOf('object-src'), BROAD)) {
    return ['csp-implemented-with-unsafe-inline', -20];
  }
  const passive = ['img-src', 'media-src'];
  const others = [...policy].filter(([name]) => ![...passive, 'script-src'].includes(name));
  const active = [...others.flatMap(([, sources]) => [...sources]), ...scripts];
  if (isHttps && active.some(isPlain)) return ['csp-implemented-with-insecure-scheme', -20];
  if (hasAny(new Set([...scripts, ...styles]), ["'unsafe-eval'"])) {
    return ['csp-implemented-with-unsafe-eval', -10];
  }
  if (isHttps && passive.some((name) => [...sourcesOf(name)].some(isPlain))) {
    return ['csp-implemented-with-insecure-scheme-in-passive-content-only', -10];
  }
  if (hasAny(styles, BROAD_OR_INLINE)) return ['csp-implemented-with-unsafe-inline-in-style-src-only', 0];
  const byDefault = policy.get('default-src');
  return byDefault?.size === 1 && byDefault.has("'none'")
    ? ['csp-implemented-with-no-unsafe-default-src-none', 10]
    : ['csp-implemented-with-no-unsafe', 5];
}

/** Browsers ignore what a nonce or a hash makes needless. */
function inForce(sources: Sources): Sources {
  if (!hasNonceOrHash(sources)) return sources;
  const isDynamic = sources.has("'strict-dynamic'");
  const isIgnored = (source: string): boolean =>
    source === "'unsafe-inline'" ||
    (isDynamic && (source === "'self'" || BROAD.some((one) => source.startsWith(one))));
  return new Set([...sources].filter((source) => !isIgnored(source)));
}

function hasNonceOrHash(sources: Sources): boolean {
  return [...sources].some((source) => /^'(?:nonce|sha256|sha384|sha512)-/.test(source));
}

function hasAny(sources: Sources, of: readonly string[]): boolean {
  return of.some((one) => sources.has(one));
}

function isPlain(source: string): boolean {
  return source.startsWith('http:') || source.startsWith('ftp:');
}
