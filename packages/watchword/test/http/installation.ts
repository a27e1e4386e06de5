import type { TestContext } from 'node:test';
import { createWatchwordOn } from '../../src/facade/create-watchword.ts';
import type { Watchword, WatchwordOptions } from '../../src/facade/index.ts';
import { systemClock } from '../../src/platform/system-clock.ts';
import { systemRandom } from '../../src/platform/system-random.ts';
import { systemScheduler } from '../../src/platform/system-scheduler.ts';
import type { PasswordHasher } from '../../src/ports/password-hasher.ts';
import { memory } from '../../src/stores/memory/index.ts';

export const OWN = 'https://app.example';
export const LISTED = 'https://admin.example';
export const CREDENTIALS = { email: 'ada@example.com', password: 'correct horse battery' };
export const COOKIE_PAGE = { 'sec-fetch-site': 'same-origin' };

export interface Answer {
  readonly status: number;
  readonly code: string | undefined;
  // oxlint-disable-next-line typescript/no-explicit-any -- the shape of the answer is what tests look at
  readonly json: any;
  header(name: string): string | undefined;
  /** The `set-cookie` headers. */
  readonly cookies: readonly string[];
  /** The same as a browser would send them back. */
  readonly jar: string;
}

export interface Question {
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  /** Where the request seems to come from. */
  readonly address?: string;
}

/** An installation in production, whose store says that it is durable. */
export function inProduction(): Partial<WatchwordOptions> {
  return {
    environment: 'production',
    store: { ...memory(), durable: true },
    secret: '8d1f0c4e6ab35792f1e80d6c5b4a3928170695e4d3c2b1a09f8e7d6c5b4a3921',
    accounts: { unsafeSignUpRevealsAddresses: true },
  };
}

export type Installation = Awaited<ReturnType<typeof openInstallation>>;

/** An installation in memory that is asked through the neutral requests which every adapter makes. */
export async function openInstallation(t: TestContext, options: Partial<WatchwordOptions> = {}) {
  const auth = await createWatchwordOn(
    {
      clock: systemClock,
      random: systemRandom,
      scheduler: systemScheduler,
      createHasher: async () => quickHasher,
      findTrackedFile: async () => undefined,
    },
    { issuer: OWN, origins: [LISTED], accounts: true, store: memory(), ...options },
  );
  t.after(() => auth.close());
  return {
    auth,
    ask: (method: string, path: string, question?: Question) => ask(auth, method, path, question),
  };
}

async function ask(auth: Watchword, method: string, path: string, question: Question = {}): Promise<Answer> {
  const { headers = {}, body, address } = question;
  const bytes = new TextEncoder().encode(body === undefined ? '' : JSON.stringify(body));
  const sent: Question['headers'] = {
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...headers,
  };
  const response = await auth.http.handle({
    method,
    path,
    remoteAddress: address,
    header: (name) => sent[name],
    readBody: async () => ({ kind: 'bytes', bytes }),
  });
  const json = response.body === '' ? undefined : JSON.parse(response.body);
  const cookies = response.headers.filter(([name]) => name === 'set-cookie').map(([, value]) => value);
  return {
    status: response.status,
    code: json?.code,
    json,
    header: (name) => response.headers.find(([each]) => each === name)?.[1],
    cookies,
    jar: cookies.map((cookie) => cookie.split(';', 1)[0]).join('; '),
  };
}

/** Signs Ada up or in, and gives her cookies, or her tokens if the delivery is `body`. */
export async function signedIn({ ask: askIt }: Installation, delivery: 'cookie' | 'body' = 'cookie') {
  const headers = delivery === 'cookie' ? COOKIE_PAGE : {};
  const body = { ...CREDENTIALS, delivery };
  const signUp = await askIt('POST', '/auth/sign-up', { headers, body });
  return signUp.status === 201 ? signUp : askIt('POST', '/auth/sign-in', { headers, body });
}

export function csrfTokenOf(jar: string): string {
  const [, token = ''] = /__Host-\w+_csrf=([^;]*)/.exec(jar) ?? [];
  return token;
}

/** argon2id is slow on purpose, and not what these tests are about. */
const quickHasher: PasswordHasher = {
  hash: async (password) => `hashed ${password}`,
  verify: async (hashed, password) => hashed === `hashed ${password}`,
  isCurrent: () => true,
};
