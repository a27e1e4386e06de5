import { ADMIN_ENDPOINTS } from '../admin/endpoints.ts';
import { FEED_ROUTES } from './feed-routes.ts';
import { OAUTH_ROUTES } from './oauth-routes.ts';
import { REPORT_ROUTES } from './report-routes.ts';
import type { RouteDescription } from './route-description.ts';
import { SELF_CHECK_ROUTES } from './self-check-routes.ts';
import { SERVER_ROUTES } from './server-routes.ts';
import { SESSION_ROUTES } from './session-routes.ts';
import { SIGN_IN_ROUTES } from './sign-in-routes.ts';
import { WELL_KNOWN_ROUTES } from './well-known-routes.ts';

/** Everything that the server answers, but for the page and its files. */
export const ALL_ROUTES: readonly RouteDescription[] = [
  ...SIGN_IN_ROUTES,
  ...SESSION_ROUTES,
  ...REPORT_ROUTES,
  ...SELF_CHECK_ROUTES,
  ...OAUTH_ROUTES,
  ...FEED_ROUTES,
  ...WELL_KNOWN_ROUTES,
  ...SERVER_ROUTES,
  ...ADMIN_ENDPOINTS,
];
