import type { AdminHost } from '../admin/admin-host.ts';

export const CALLERS = ['nobody', 'page', 'user', 'user by cookie', 'client', 'admin'] as const;

export type Caller = (typeof CALLERS)[number];

/** Real values for the requests that the test makes up. */
export interface Fixtures {
  /** The headers by which somebody shows who they are. */
  headersOf(caller: Caller): Promise<Record<string, string>>;
  /** What a parameter of this name has for something that is there; `undefined` for names that are not known. */
  known(name: string, path: string): Promise<string | undefined>;
}

const EMAIL = 'ada@example.com';
const PASSWORD = 'correct horse battery';

export async function createFixtures(host: AdminHost): Promise<Fixtures> {
  const { auth } = host;
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ email: EMAIL, password: PASSWORD, delivery: 'body' });
  await fetch(`http://127.0.0.1:${host.port}/auth/sign-up`, { method: 'POST', headers, body });
  let made = 0;
  const probe = await catchProbe(host);

  const startSession = () => auth.sessions.start({ subject: 'ada', scope: 'read' });

  async function makeClient() {
    made += 1;
    return auth.clients.create({ id: `client-${made}`, roles: ['service', 'introspect', 'verifier'] });
  }

  async function headersOf(caller: Caller): Promise<Record<string, string>> {
    switch (caller) {
      case 'nobody':
        return {};
      case 'page':
        return { 'sec-fetch-site': 'same-origin' };
      case 'user':
        return { authorization: `Bearer ${(await startSession()).accessToken}` };
      case 'user by cookie':
        return {
          cookie: `__Host-ww_at=${(await startSession()).accessToken}`,
          'sec-fetch-site': 'same-origin',
        };
      case 'client': {
        const { client, secret } = await makeClient();
        return { authorization: `Basic ${Buffer.from(`${client.id}:${secret}`).toString('base64')}` };
      }
      case 'admin':
        return { authorization: `Bearer ${host.credential.token}` };
    }
  }

  async function known(name: string, path: string): Promise<string | undefined> {
    switch (name) {
      case 'email':
        made += 1;
        return path === '/auth/sign-up' ? `new-${made}@example.com` : EMAIL;
      case 'password':
        return PASSWORD;
      case 'refresh_token':
      case 'token':
        return (await startSession()).refreshToken;
      case 'client_id':
        return 'app';
      case 'subject':
        return 'ada';
      case 'epoch':
        return (await auth.revoke.log()).head.epoch;
      case 'Last-Event-ID':
        return `${(await auth.revoke.log()).head.epoch}.0.${'A'.repeat(43)}`;
      case 'code':
        return 'ERR_TOKEN_EXPIRED';
      case 'probe':
        return probe;
      case 'kid':
        return auth.keys.list()[0]?.id;
      case 'id':
        return path.includes('/clients/')
          ? (await makeClient()).client.id
          : (await startSession()).session.id;
      default:
        return undefined;
    }
  }

  return { headersOf, known };
}

/** What the server asks itself with: it is seen on its way out, and nobody else can make one. */
async function catchProbe({ auth }: AdminHost): Promise<string | undefined> {
  const { fetch } = globalThis;
  let probe: string | undefined;
  globalThis.fetch = async (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    probe ??= url.split('/auth/self-check/')[1];
    return fetch(input, init);
  };
  try {
    await auth.selfCheck();
  } finally {
    globalThis.fetch = fetch;
  }
  return probe;
}
