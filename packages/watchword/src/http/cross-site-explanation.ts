import type { CrossSiteRule } from '../domain/events.ts';
import { cookieName } from './cookies/cookies.ts';
import { CSRF_HEADER } from './cookies/csrf-cookie.ts';
import type { NeutralRequest } from './neutral.ts';
import type { HttpSettings } from './settings.ts';

const LONGEST_QUOTE = 100;

/** For whoever runs the application: which rule, what arrived, what would have been right. */
export function explainCrossSite(
  rule: CrossSiteRule,
  request: NeutralRequest,
  settings: HttpSettings,
): string {
  const { ownOrigin } = settings;
  const arrived = `Arrived: ${shown(request, 'sec-fetch-site')}, ${shown(request, 'origin')}.`;
  switch (rule) {
    case 'fetch_site':
    case 'origin':
      return `${arrived} ${adviseOrigin(request, settings)}`;
    case 'unstated':
      return (
        `${arrived} Browsers send one of both, unless a proxy in front drops it. The header ${CSRF_HEADER} stands in for them where ` +
        'there is a session already, and not for signing in or in the handshake of a WebSocket. A program can say ' +
        `“Origin: ${ownOrigin}”.`
      );
    case 'token_missing':
    case 'token_wrong':
      return (
        `${arrived} Where neither says that the request is from ${ownOrigin}, it has to repeat the cookie ` +
        `${cookieName('csrf', settings)} in the header ${CSRF_HEADER}` +
        (rule === 'token_missing'
          ? ', which @watchword/client does by itself.'
          : '. The cookie, the header, or both are not the token of the session in the other cookies.')
      );
  }
}

function adviseOrigin(request: NeutralRequest, { ownOrigin, origins }: HttpSettings): string {
  const expected =
    'Expected: `same-origin`, or the origin ' +
    (origins.length === 0
      ? `${ownOrigin} (of \`issuer\`).`
      : `${ownOrigin} (of \`issuer\`) or one of \`origins\`.`);
  const origin = request.header('origin');
  if (request.header('sec-fetch-site') === 'none') {
    return `${expected} \`none\` is what a browser says of an address that was typed, or followed from outside.`;
  }
  if (origin === undefined)
    return `${expected} The page that asked did not say its origin, so that it cannot be listed.`;
  if (origin === 'null') {
    return `${expected} \`null\` is what sandboxed frames, files and redirects between sites say; it can never be listed.`;
  }
  return `${expected} If pages of ${quoted(origin)} are yours, list that in the option \`origins\`, or make it the origin of \`issuer\`.`;
}

function shown(request: NeutralRequest, name: string): string {
  const value = request.header(name);
  return value === undefined ? `no ${name}` : `${name} ${quoted(value)}`;
}

/** What strangers sent, so that it cannot break a line of a log or colour it. */
function quoted(text: string): string {
  return `\`${text.slice(0, LONGEST_QUOTE).replaceAll(/[^\x21-\x5f\x61-\x7e]/g, '?')}\``;
}
