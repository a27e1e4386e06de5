/** `watchword/headers`: headers for the application's own pages, as options for the plugin that its framework has for them. */
export { helmetOptions, fastifyHelmetOptions, headersBesidesHelmet } from './page-headers/for-helmet.ts';
export { secureHeadersOptions } from './page-headers/for-hono.ts';
export { createPageHeaders } from './page-headers/for-web.ts';
export { nonceOf } from './page-headers/nonce.ts';
export type { FastifyHelmetPreset, HelmetPreset } from './page-headers/for-helmet.ts';
export type { SecureHeadersPreset } from './page-headers/for-hono.ts';
export type { HeadersOfAPage } from './page-headers/for-web.ts';
export type { PageHeaderOptions } from './page-headers/options.ts';
export type { PageFeature } from './page-headers/features.ts';
export type { ExtensibleDirective } from './page-headers/sources.ts';
