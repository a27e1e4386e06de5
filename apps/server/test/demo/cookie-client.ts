import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

/** What a page of the server's own sends, as browsers say it. */
export const OWN_PAGE = { 'sec-fetch-site': 'same-origin' };

export interface CookieClient {
  readonly cookies: ReadonlyMap<string, string>;
  /** As a page of the server's own, unless the headers say otherwise; takes the cookies that it is given. */
  send(method: string, path: string, headers?: Readonly<Record<string, string>>): Promise<Answered>;
}

export interface Answered {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly setCookies: readonly string[];
}

const TOKEN = /wwr_|eyJ/;

/** Somebody who has just signed up, with a browser's cookies but no browser. */
export async function signUpAt(url: string): Promise<CookieClient> {
  const cookies = new Map<string, string>();
  async function send(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>> = OWN_PAGE,
    body?: object,
  ): Promise<Answered> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url + path, {
      method,
      headers: { cookie, ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const setCookies = response.headers.getSetCookie();
    for (const [name, value] of setCookies.map((line) => line.split(';', 1)[0]?.split('=', 2) ?? [])) {
      cookies.set(name ?? '', value ?? '');
    }
    const text = await response.text();
    assert.doesNotMatch(text, TOKEN, `${path} answers with a token`);
    const answer: unknown = text === '' ? {} : JSON.parse(text);
    return { status: response.status, body: answer as Record<string, unknown>, setCookies };
  }
  const credentials = { email: `${randomUUID()}@example.com`, password: 'correct horse battery' };
  assert.equal((await send('POST', '/auth/sign-up', OWN_PAGE, credentials)).status, 201);
  return { cookies, send };
}
