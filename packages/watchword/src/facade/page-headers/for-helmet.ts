import { nonceOf } from './nonce.ts';
import { checkPageHeaderOptions, type PageHeaderOptions, type PageHeaderSettings } from './options.ts';
import {
  hstsOf,
  permissionsPolicyOf,
  policyOf,
  REFERRER_POLICY,
  reportingEndpointsOf,
  type Policy,
} from './preset.ts';

/** As helmet calls it for each answer. */
type NonceSource = (request: object, response: object) => string;

/** What `helmet()` is given. */
export interface HelmetPreset {
  contentSecurityPolicy: { useDefaults: false; directives: Record<string, (string | NonceSource)[]> };
  strictTransportSecurity: { maxAge: number; includeSubDomains: boolean; preload: boolean } | false;
  referrerPolicy: { policy: typeof REFERRER_POLICY };
  xFrameOptions: { action: 'deny' };
  crossOriginOpenerPolicy: { policy: 'same-origin' };
  crossOriginResourcePolicy: { policy: 'same-origin' };
  crossOriginEmbedderPolicy: false;
  xDnsPrefetchControl: false;
  xDownloadOptions: false;
  xPermittedCrossDomainPolicies: false;
  xXssProtection: false;
}

/** What `@fastify/helmet` is given: it makes the nonces itself, as `reply.cspNonce`. */
export interface FastifyHelmetPreset extends HelmetPreset {
  enableCSPNonces: boolean;
}

/**
 * For Express and for Node's own server. Scripts carry `nonceOf(res)`:
 *
 *     app.use(helmet(helmetOptions({ https: true })));
 */
export function helmetOptions(options: PageHeaderOptions): HelmetPreset {
  const settings = checkPageHeaderOptions('helmetOptions', options);
  const source: NonceSource = (_request, response) => `'nonce-${nonceOf(response)}'`;
  return preset(settings, policyOf(settings, settings.withNonces ? source : undefined));
}

/**
 * For Fastify. Scripts carry `reply.cspNonce.script`:
 *
 *     app.register(helmet, fastifyHelmetOptions({ https: true }));
 */
export function fastifyHelmetOptions(options: PageHeaderOptions): FastifyHelmetPreset {
  const settings = checkPageHeaderOptions('fastifyHelmetOptions', options);
  return { ...preset(settings, policyOf<never>(settings, undefined)), enableCSPNonces: settings.withNonces };
}

/** The headers that helmet has no part for: `Permissions-Policy`, and over HTTPS where reports go. */
export function headersBesidesHelmet(options: PageHeaderOptions): Readonly<Record<string, string>> {
  const settings = checkPageHeaderOptions('headersBesidesHelmet', options);
  const endpoints = reportingEndpointsOf(settings);
  return {
    'permissions-policy': permissionsPolicyOf(settings),
    ...(endpoints !== undefined && { 'reporting-endpoints': endpoints }),
  };
}

function preset(settings: PageHeaderSettings, policy: Policy<NonceSource>): HelmetPreset {
  const directives = Object.fromEntries(Object.entries(policy).map(([name, values]) => [name, [...values]]));
  return {
    contentSecurityPolicy: { useDefaults: false, directives },
    strictTransportSecurity: hstsOf(settings) ?? false,
    referrerPolicy: { policy: REFERRER_POLICY },
    xFrameOptions: { action: 'deny' },
    crossOriginOpenerPolicy: { policy: 'same-origin' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
    crossOriginEmbedderPolicy: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  };
}
