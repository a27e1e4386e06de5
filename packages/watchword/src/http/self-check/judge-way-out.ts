import type { HttpAnswer } from '../../ports/http-client.ts';
import type { HttpSettings } from '../settings.ts';
import { probeCookies } from './probe.ts';
import { finding, shown, type SelfCheckFinding } from './report.ts';

/** What the proxies did to an answer. `later` is one to the same address. */
export function judgeWayOut(
  response: HttpAnswer,
  stamp: string,
  laterStamp: string,
  settings: HttpSettings,
): readonly SelfCheckFinding[] {
  const cacheControl = response.header('cache-control');
  return [
    judgeCookies(response.cookies, probeCookies(stamp, settings)),
    finding(
      'cache_control',
      directives(cacheControl).includes('no-store'),
      shown(cacheControl),
      'A proxy changes Cache-Control, which should say no-store: what is answered is for one user.',
    ),
    finding(
      'vary',
      directives(response.header('vary')).some((name) => name === 'origin' || name === '*'),
      shown(response.header('vary')),
      'A proxy drops Vary, which should name Origin: a cache would give one origin what is for another.',
    ),
    finding(
      'not_cached',
      laterStamp !== stamp,
      laterStamp === stamp ? 'the same answer twice' : 'two answers',
      'A cache in front keeps answers that say no-store, and gives one user the session of another. Switch it off below /auth/.',
    ),
  ];
}

function directives(value: string | undefined): readonly string[] {
  return (value ?? '').split(',').map((each) => each.trim().toLowerCase());
}

function judgeCookies(arrived: readonly string[], sent: readonly string[]): SelfCheckFinding {
  const names = sent.map((cookie) => `${cookie.split('=', 1)[0]}=`);
  const ours = arrived.filter((cookie) => names.some((name) => cookie.includes(name)));
  const isSame =
    ours.length === sent.length &&
    sent.every((cookie) => ours.some((each) => attributesOf(each) === attributesOf(cookie)));
  return finding(
    'set_cookie',
    isSame,
    isSame ? 'unchanged' : withoutValues(ours),
    `A proxy changes cookies. ${adviceOn(ours, sent.length)} They have to arrive as they are sent: \`${withoutValues(sent.slice(0, 1))}\`.`,
  );
}

function adviceOn(cookies: readonly string[], count: number): string {
  const has = (pattern: RegExp): boolean => cookies.some((cookie) => pattern.test(cookie));
  const lacks = (pattern: RegExp): boolean => !cookies.every((cookie) => pattern.test(cookie));
  if (cookies.length === 0) return 'It drops them: nobody can sign in.';
  if (has(/,\s*__Host-/)) return 'It puts several into one header, of which browsers read the first.';
  if (cookies.length < count) return 'It drops some of them.';
  if (has(/;\s*domain=/i)) {
    return 'It adds Domain, which `__Host-` forbids: browsers drop them (nginx: no `proxy_cookie_domain`).';
  }
  if (lacks(/;\s*secure(?:;|$)/i)) return 'It removes Secure, without which browsers drop them.';
  if (lacks(/;\s*path=\/(?:;|$)/i)) {
    return 'It changes Path, which `__Host-` wants to be `/`: browsers drop them (nginx: no `proxy_cookie_path`).';
  }
  if (lacks(/;\s*httponly(?:;|$)/i)) return 'It removes HttpOnly: an injected script could read tokens.';
  return 'It changes attributes.';
}

/** Order and case of attributes are nobody's loss. */
function attributesOf(cookie: string): string {
  const [pair = '', ...attributes] = cookie.split(';').map((part) => part.trim());
  return [pair, ...attributes.map((attribute) => attribute.toLowerCase()).toSorted()].join('; ');
}

function withoutValues(cookies: readonly string[]): string {
  return cookies.length === 0
    ? 'none'
    : shown(cookies.join(' | ').replaceAll(/(__Host-[\w-]+)=[^;,|]*/g, '$1=...'));
}
