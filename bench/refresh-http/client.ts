import type { HttpAnswer } from './connection.ts';

/** Who holds one session, and shows what it was last given. */
export interface Client {
  request(): string;
  /** The refresh token that it holds. */
  refreshToken(): string | undefined;
  accept(answer: HttpAnswer): void;
}

const SET_COOKIE = /^set-cookie: *([^=]+)=([^;\r\n]*)/gim;

/** A page of the application: it sends back every cookie that it was given, as `fetch(path, { method: 'POST' })` does. */
export function browserClient(path: string, refreshCookie: string, cookieHeader: string): Client {
  const cookies = new Map<string, string>();
  for (const pair of cookieHeader.split('; ')) {
    const equals = pair.indexOf('=');
    cookies.set(pair.slice(0, equals), pair.slice(equals + 1));
  }
  const head =
    `POST ${path} HTTP/1.1\r\nHost: app.example\r\nAccept: */*\r\nOrigin: https://app.example\r\n` +
    'Sec-Fetch-Site: same-origin\r\nContent-Length: 0\r\nCookie: ';
  return {
    request: () => `${head}${[...cookies].map(([name, value]) => `${name}=${value}`).join('; ')}\r\n\r\n`,
    refreshToken: () => cookies.get(refreshCookie),
    accept({ head: answered }) {
      for (const [, name = '', value = ''] of answered.matchAll(SET_COOKIE)) cookies.set(name, value);
    },
  };
}

/** A public OAuth client, RFC 6749 §6. */
export function oauthClient(path: string, clientId: string, firstToken: string): Client {
  let token = firstToken;
  const head =
    `POST ${path} HTTP/1.1\r\nHost: app.example\r\nAccept: application/json\r\n` +
    'Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ';
  return {
    request() {
      const body = `grant_type=refresh_token&client_id=${clientId}&refresh_token=${encodeURIComponent(token)}`;
      return `${head}${body.length}\r\n\r\n${body}`;
    },
    refreshToken: () => token,
    accept({ body }) {
      token = (JSON.parse(body) as { readonly refresh_token: string }).refresh_token;
    },
  };
}
