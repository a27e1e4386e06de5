import { ConfigurationError } from '../../errors/watchword-error.ts';
import { refuseUnknownOptions } from '../unknown-options.ts';
import { checkFeatures, type FeaturePolicy, type PageFeature } from './features.ts';
import { checkSources, type AllowedSources } from './sources.ts';

export interface PageHeaderOptions {
  /** Whether browsers reach the pages over HTTPS, be it through a proxy: without it there is no HSTS. */
  readonly https: boolean;
  /** Which scripts run: those that carry the nonce of the answer, and what they load; or files of the own origin. Default: `nonce`. */
  readonly scripts?: 'nonce' | 'own';
  /** What pages may load, send to and frame beside their own origin, by directive: `{ 'img-src': ['https://images.example'] }`. */
  readonly allow?: AllowedSources;
  /** What the pages use themselves of what is denied otherwise: `['camera']`. */
  readonly features?: readonly PageFeature[];
  /**
   * For what browsers are told to use nothing but HTTPS for two years: this host, or all hosts below it too, or those and every browser from its
   * first visit on, once the host is entered at hstspreload.org. Default: `subdomains`.
   */
  readonly hsts?: 'host' | 'subdomains' | 'preload';
  /** Where browsers report what the policy kept from happening; `false` for nowhere. Default: `/auth/reports`, which Watchword answers. */
  readonly reports?: string | false;
}

/** The same, checked and with its defaults filled in. */
export interface PageHeaderSettings {
  readonly https: boolean;
  readonly withNonces: boolean;
  readonly allow: AllowedSources;
  readonly features: FeaturePolicy;
  readonly hsts: 'host' | 'subdomains' | 'preload';
  readonly reports: string | undefined;
}

const KNOWN = ['https', 'scripts', 'allow', 'features', 'hsts', 'reports'];

/** A path or an address of HTTPS, without anything that means something in a header. */
const REPORTS = /^(?:https:\/\/[a-z0-9.-]+(?::\d{1,5})?)?\/(?!\/)[\w.~/%-]*$/;

export function checkPageHeaderOptions(where: string, options: PageHeaderOptions): PageHeaderSettings {
  refuseUnknownOptions(where, options, KNOWN);
  const { https, scripts = 'nonce', hsts = 'subdomains', reports = '/auth/reports' } = options;
  if (typeof https !== 'boolean') {
    throw new ConfigurationError(
      '`https` has to be `true` or `false`: whether browsers reach the pages over HTTPS, be it through a proxy.',
    );
  }
  if (!['nonce', 'own'].includes(scripts)) {
    throw new ConfigurationError('`scripts` has to be `nonce` or `own`.');
  }
  if (!['host', 'subdomains', 'preload'].includes(hsts)) {
    throw new ConfigurationError('`hsts` has to be `host`, `subdomains` or `preload`.');
  }
  if (reports !== false && (typeof reports !== 'string' || !REPORTS.test(reports))) {
    throw new ConfigurationError(
      '`reports` has to be a path such as `/auth/reports`, an address that begins with https://, or `false`.',
    );
  }
  const withNonces = scripts === 'nonce';
  return {
    https,
    withNonces,
    allow: checkSources(options.allow, { https, withNonces }),
    features: checkFeatures(options.features),
    hsts,
    reports: reports === false ? undefined : reports,
  };
}
