import assert from 'node:assert/strict';
import type { Watchword } from '../../src/facade/index.ts';
import type { GuardOptions, NeutralRequest, NeutralResponse, VerifiedToken } from '../../src/http/index.ts';

export const PREFIX = '__Host-ww_';
const CREDENTIALS = { email: 'ada@example.com', password: 'correct horse battery' };

export interface Answer {
  readonly status: number;
  readonly code: string | undefined;
  // oxlint-disable-next-line typescript/no-explicit-any -- the shape of the answer is what tests look at
  readonly json: any;
  readonly setCookies: readonly string[];
}

/** What a guard made of a request, and whether it did so at once. */
export interface Passage {
  readonly token: VerifiedToken | undefined;
  readonly code: string | undefined;
  readonly status: number | undefined;
  readonly waited: boolean;
}

/** A browser with one cookie jar, which asks whichever process of the installation is named. */
export class Browser {
  /** By the last part of their names: `at`, `rt`, `sid`, `csrf`. */
  readonly jar = new Map<string, string>();

  get kinds(): readonly string[] {
    return [...this.jar.keys()].toSorted();
  }

  copy(): Browser {
    const other = new Browser();
    for (const [kind, value] of this.jar) other.jar.set(kind, value);
    return other;
  }

  signUp(auth: Watchword, more: object = {}): Promise<Answer> {
    return this.ask(auth, 'POST', '/auth/sign-up', { ...CREDENTIALS, ...more });
  }

  signIn(auth: Watchword, more: object = {}): Promise<Answer> {
    return this.ask(auth, 'POST', '/auth/sign-in', { ...CREDENTIALS, ...more });
  }

  refresh(auth: Watchword): Promise<Answer> {
    return this.ask(auth, 'POST', '/auth/refresh');
  }

  /** The server answers, and the answer is lost on its way. */
  async refreshInVain(auth: Watchword): Promise<Answer> {
    return this.copy().refresh(auth);
  }

  async ask(auth: Watchword, method: string, path: string, body?: object): Promise<Answer> {
    const answer = read(await auth.http.handle(this.#request(method, path, body)));
    for (const cookie of answer.setCookies) this.#take(cookie);
    return answer;
  }

  /** Opens a page of the application that is guarded. */
  async visit(auth: Watchword, options?: GuardOptions): Promise<Passage> {
    const soon = auth.http.guard('a test', options)(this.#request('GET', '/page'));
    const verdict = await soon;
    const refusal = verdict.kind === 'refused' ? read(verdict.response) : undefined;
    return {
      token: verdict.kind === 'authorized' ? verdict.token : undefined,
      code: refusal?.code,
      status: refusal?.status,
      waited: soon instanceof Promise,
    };
  }

  #take(setCookie: string): void {
    const [pair = ''] = setCookie.split(';');
    const at = pair.indexOf('=');
    const kind = pair.slice(PREFIX.length, at);
    if (setCookie.includes('Max-Age=0;')) this.jar.delete(kind);
    else this.jar.set(kind, pair.slice(at + 1));
  }

  #request(method: string, path: string, body?: object): NeutralRequest {
    const cookie = [...this.jar].map(([kind, value]) => `${PREFIX}${kind}=${value}`).join('; ');
    const headers: Readonly<Record<string, string>> = {
      'sec-fetch-site': 'same-origin',
      ...(cookie !== '' && { cookie }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    };
    const bytes = new TextEncoder().encode(body === undefined ? '' : JSON.stringify(body));
    return {
      method,
      path,
      remoteAddress: '203.0.113.7',
      header: (name) => headers[name],
      readBody: async () => ({ kind: 'bytes', bytes }),
    };
  }
}

function read({ status, headers, body }: NeutralResponse): Answer {
  const json = body === '' ? undefined : JSON.parse(body);
  const setCookies = headers.filter(([name]) => name === 'set-cookie').map(([, value]) => value);
  return { status, code: json?.code, json, setCookies };
}

/** A browser whose user has just signed up. */
export async function signedUp(auth: Watchword, more: object = {}): Promise<Browser> {
  const browser = new Browser();
  assert.equal((await browser.signUp(auth, more)).status, 201);
  return browser;
}
