import { CSRF_HEADER } from '../cookies/csrf-cookie.ts';
import type { HttpSettings } from '../settings.ts';
import type { ProbeAnswer, ProbedHeader } from './probe.ts';
import { finding, shown, type SelfCheckFinding } from './report.ts';

const HEADERS: readonly (readonly [name: string, header: ProbedHeader, breaks: string])[] = [
  [
    'origin_header',
    'origin',
    'Without it, browsers that send no Fetch Metadata cannot sign in, and WebSockets cannot open.',
  ],
  [
    'fetch_metadata',
    'sec-fetch-site',
    'Without it only `Origin` tells our pages from foreign ones, which must then arrive.',
  ],
  [
    'csrf_header',
    CSRF_HEADER,
    'Without it, requests that say neither `Origin` nor `Sec-Fetch-Site` are refused.',
  ],
  ['cookie_header', 'cookie', 'Without it nobody is signed in by cookies.'],
  ['authorization_header', 'authorization', 'Without it no bearer token arrives.'],
];

/** What the proxies did to a request. */
export function judgeWayIn(
  { host, scheme, headers }: ProbeAnswer,
  { ownOrigin }: HttpSettings,
): readonly SelfCheckFinding[] {
  const own = new URL(ownOrigin);
  return [
    finding(
      'host',
      host.toLowerCase() === own.host,
      shown(host),
      `The proxy changes Host, which should be ${own.host}: frameworks make wrong addresses of it. Pass it on ` +
        '(nginx: `proxy_set_header Host $host;`, with `$http_host` where the port is not the usual one).',
    ),
    finding(
      'scheme',
      scheme === '' || scheme === own.protocol.slice(0, -1),
      scheme === '' ? 'no X-Forwarded-Proto' : shown(scheme),
      `X-Forwarded-Proto should say ${own.protocol.slice(0, -1)} (nginx: \`proxy_set_header X-Forwarded-Proto $scheme;\`).`,
    ),
    ...HEADERS.map(([name, header, breaks]) =>
      finding(
        name,
        headers[header] === 'intact',
        headers[header],
        `A proxy ${headers[header] === 'missing' ? 'drops' : 'changes'} the header ${header}. ${breaks}`,
      ),
    ),
  ];
}
