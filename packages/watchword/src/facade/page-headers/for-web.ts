import { makeNonce } from './nonce.ts';
import { checkPageHeaderOptions, type PageHeaderOptions } from './options.ts';
import { hstsText, permissionsPolicyOf, policyOf, REFERRER_POLICY, reportingEndpointsOf } from './preset.ts';

/** For one answer. */
export interface HeadersOfAPage {
  /** What its scripts carry: `<script nonce="…">`. */
  readonly nonce: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * For whatever speaks `Request` and `Response`. The options are checked once; what is given back makes the headers of each answer:
 *
 *     const pageHeaders = createPageHeaders({ https: true });
 *     const { nonce, headers } = pageHeaders();
 *     return new Response(render(nonce), { headers: { ...headers, 'content-type': 'text/html' } });
 */
export function createPageHeaders(options: PageHeaderOptions): () => HeadersOfAPage {
  const settings = checkPageHeaderOptions('createPageHeaders', options);
  const hsts = hstsText(settings);
  const endpoints = reportingEndpointsOf(settings);
  const always = {
    ...(hsts !== undefined && { 'strict-transport-security': hsts }),
    ...(endpoints !== undefined && { 'reporting-endpoints': endpoints }),
    'permissions-policy': permissionsPolicyOf(settings),
    'referrer-policy': REFERRER_POLICY,
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'origin-agent-cluster': '?1',
  };
  return () => {
    const nonce = makeNonce();
    const policy = policyOf(settings, settings.withNonces ? `'nonce-${nonce}'` : undefined);
    return { nonce, headers: { ...always, 'content-security-policy': policyText(policy) } };
  };
}

function policyText(policy: Readonly<Record<string, readonly string[]>>): string {
  return Object.entries(policy)
    .map(([name, values]) => [name, ...values].join(' '))
    .join('; ');
}
