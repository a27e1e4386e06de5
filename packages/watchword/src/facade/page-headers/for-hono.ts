import { ConfigurationError } from '../../errors/watchword-error.ts';
import { checkPageHeaderOptions, type PageHeaderOptions } from './options.ts';
import { hstsText, policyOf, REFERRER_POLICY, REPORTS_NAME } from './preset.ts';

type Camel<Name extends string> = Name extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : Name;

type SourceDirective =
  | `${'default' | 'script' | 'style' | 'img' | 'font' | 'media' | 'connect' | 'worker' | 'manifest' | 'frame' | 'object'}-src`
  | 'form-action'
  | 'base-uri'
  | 'frame-ancestors'
  | 'upgrade-insecure-requests';

/** What `secureHeaders()` of `hono/secure-headers` is given. `Nonce` is the type of its `NONCE`. */
export interface SecureHeadersPreset<Nonce> {
  contentSecurityPolicy: { [Name in SourceDirective as Camel<Name>]?: (string | Nonce)[] } & {
    reportUri?: string;
    reportTo?: string;
  };
  permissionsPolicy: Record<string, 'self'[]>;
  reportingEndpoints?: { name: string; url: string }[];
  strictTransportSecurity: string | false;
  referrerPolicy: string;
  xFrameOptions: string;
  crossOriginOpenerPolicy: string;
  crossOriginResourcePolicy: string;
  crossOriginEmbedderPolicy: false;
  xDnsPrefetchControl: false;
  xDownloadOptions: false;
  xPermittedCrossDomainPolicies: false;
  xXssProtection: false;
}

/**
 * For Hono, with `NONCE` and `secureHeaders` of `hono/secure-headers`. Scripts carry `c.get('secureHeadersNonce')`:
 *
 *     app.use(secureHeaders(secureHeadersOptions({ https: true }, NONCE)));
 */
export function secureHeadersOptions<Nonce = never>(
  options: PageHeaderOptions,
  nonce?: Nonce,
): SecureHeadersPreset<Nonce> {
  const settings = checkPageHeaderOptions('secureHeadersOptions', options);
  const { withNonces, https, reports, features } = settings;
  if (withNonces && typeof nonce !== 'function') {
    throw new ConfigurationError(
      '`secureHeadersOptions` needs the `NONCE` of hono/secure-headers behind its options, unless `scripts` is `own`.',
    );
  }
  const policy = policyOf(settings, withNonces ? nonce : undefined);
  const { 'report-uri': _uri, 'report-to': _to, ...directives } = policy;
  return {
    contentSecurityPolicy: {
      ...Object.fromEntries(
        Object.entries(directives).map(([name, values]) => [camelCase(name), [...values]]),
      ),
      ...(reports !== undefined && { reportUri: reports }),
      ...(reports !== undefined && https && { reportTo: REPORTS_NAME }),
    },
    permissionsPolicy: Object.fromEntries(
      [...features].map(([name, isUsed]) => [camelCase(name), isUsed ? ['self'] : []]),
    ),
    ...(reports !== undefined && https && { reportingEndpoints: [{ name: REPORTS_NAME, url: reports }] }),
    strictTransportSecurity: hstsText(settings) ?? false,
    referrerPolicy: REFERRER_POLICY,
    xFrameOptions: 'DENY',
    crossOriginOpenerPolicy: 'same-origin',
    crossOriginResourcePolicy: 'same-origin',
    crossOriginEmbedderPolicy: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  };
}

function camelCase(name: string): string {
  return name.replaceAll(/-([a-z])/g, (_dash, letter: string) => letter.toUpperCase());
}
