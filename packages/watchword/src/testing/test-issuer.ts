import { sha256 } from '../crypto/digest.ts';
import { toHex } from '../crypto/bytes.ts';
import { createSecretWrapping } from '../crypto/sealed.ts';
import type { JwsKey } from '../crypto/jws/jws-key.ts';
import type { KeyId } from '../domain/ids.ts';
import { openRing } from '../engine/keys/opened-ring.ts';
import { ArgumentError, ConfigurationError } from '../errors/watchword-error.ts';
import { createWatchwordOn, type Platform } from '../facade/create-watchword.ts';
import type { StartSession, Watchword } from '../facade/index.ts';
import { createVerifierOn, type Verifier, type VerifierOptions } from '../facade/verifier.ts';
import type { NeutralRequest } from '../http/index.ts';
import { systemScheduler } from '../platform/system-scheduler.ts';
import type { Clock } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import { memory } from '../stores/memory/index.ts';
import { createSeededRandom } from './seeded-random.ts';
import { createLeapingScheduler } from './test-issuer/leaping-scheduler.ts';
import { checkTestOptions, type TestIssuerOptions } from './test-issuer/options.ts';
import { createQuickHasher } from './test-issuer/quick-hasher.ts';
import { createRunningClock } from './test-issuer/running-clock.ts';
import { openLoopbackServer } from './test-issuer/serve.ts';
import { parseSpan } from './test-issuer/span.ts';
import { assertWrong, createTokenSpoiler, type WrongToken } from './test-issuer/wrong-token.ts';

export type { TestIssuerOptions } from './test-issuer/options.ts';
export type { WrongToken } from './test-issuer/wrong-token.ts';

/** Whose token is wanted: what `sessions.start` takes. The subject is `user-1` unless another is named. */
export interface TokenWish extends Partial<StartSession> {
  /** What is to be wrong with it. Default: nothing. */
  readonly wrong?: WrongToken;
}

/** What a service elsewhere proves itself with towards the issuer. */
export interface VerifierCredential {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** An installation in memory, which signs in whom a test wants. */
export interface TestIssuer {
  /** Mount it in the application under test, in place of its own. */
  readonly auth: Watchword;
  /** The `iss` of its tokens; with `serve` where it answers. */
  readonly url: string;
  /** What the issuer takes for the time. */
  readonly clock: Clock;
  /** Starts a session and gives its access token; or one that is wrong in one thing. */
  mint(wish?: TokenWish): Promise<string>;
  /** The same as headers of a request: `{ authorization: 'Bearer …' }`. */
  bearer(wish?: TokenWish): Promise<{ readonly authorization: string }>;
  /** Signs in as a browser does, and gives the headers of the next request from a page of the application's own. */
  cookies(
    session?: Partial<StartSession>,
  ): Promise<{ readonly cookie: string; readonly 'sec-fetch-site': 'same-origin' }>;
  /** Lets '500ms', '30s', '20m', '2h' or '7d' pass at once; resolves when what fell due meanwhile has happened. */
  advance(span: string): Promise<void>;
  /** With `serve`: registers a service that may follow the revocations, and ask about tokens. */
  registerVerifier(): Promise<VerifierCredential>;
  /**
   * With `serve`: what `createVerifier` gives in another service, following the revocations, on the clock of this issuer. Resolves once it
   * is ready, and the issuer waits for it.
   */
  createVerifier(options?: Partial<VerifierOptions>): Promise<Verifier>;
  /** Ends it, its verifiers and its server. */
  close(): Promise<void>;
}

const DEFAULT_ISSUER = 'https://issuer.test';
const DEFAULT_SUBJECT = 'user-1';
/** Enough for what falls due to have been to the store and back. */
const TURNS = 20;
const PAUSE_MS = 5;

/**
 * An issuer for tests: keys, sessions and revocations in memory, passwords hashed at no cost, and a clock that can be set ahead. It refuses
 * to be made where NODE_ENV is `production`.
 *
 *     const issuer = await createTestIssuer();
 *     app.use(watchword(issuer.auth));
 *     await fetch(url, { headers: await issuer.bearer({ scope: 'orders' }) });
 */
export async function createTestIssuer(options: TestIssuerOptions = {}): Promise<TestIssuer> {
  checkTestOptions(options);
  const { clock: fakeClock, seed = 1, serve = false, ...own } = options;
  const clock = fakeClock ?? createRunningClock();
  // Who waits on a clock that stands still would not find the time later that was waited for.
  const scheduler = createLeapingScheduler(clock, (milliseconds) => fakeClock?.advance(milliseconds));
  const random = createTestRandom(seed);
  const secret = random.bytes(32);
  const platform: Platform = {
    clock,
    scheduler,
    random,
    createHasher: async () => createQuickHasher(),
    findTrackedFile: async () => undefined,
  };
  const store = memory();
  const server = serve ? await openLoopbackServer() : undefined;
  const auth = await createWatchwordOn(platform, {
    issuer: server?.url ?? DEFAULT_ISSUER,
    // Whoever verifies elsewhere needs public keys and a credential.
    ...(serve && { algorithm: { first: 'ES256' }, clients: true }),
    ...own,
    store,
    secret: toHex(secret),
    environment: 'development',
  }).catch(async (error: unknown) => {
    await server?.close();
    throw error;
  });
  server?.answerWith(auth);
  const ownStore = await store.open({ clock, scheduler, random, digest: sha256, patienceMs: 1000 });
  const spoiler = createTokenSpoiler(auth, clock, findKey);
  const verifiers: Verifier[] = [];

  async function findKey(id: string): Promise<JwsKey> {
    const ring = await openRing(
      await ownStore.keys.read(),
      createSecretWrapping(secret, random),
      auth.settings.issuer,
    );
    const found = ring.signingKeys.get(id as KeyId);
    if (found === undefined) throw new ArgumentError('This issuer has lost the key of the token.');
    return found.jws;
  }

  async function mint({ wrong, ...session }: TokenWish = {}): Promise<string> {
    if (wrong !== undefined) assertWrong(wrong);
    const { accessToken } = await auth.sessions.start({ subject: DEFAULT_SUBJECT, ...session });
    return wrong === undefined ? accessToken : spoiler.spoil(accessToken, wrong);
  }

  async function registerVerifier(): Promise<VerifierCredential> {
    if (server === undefined) {
      throw new ConfigurationError(
        'A verifier needs an issuer that answers: `createTestIssuer({ serve: true })`.',
      );
    }
    const { client, secret: clientSecret } = await auth.clients.create({ roles: ['verifier', 'introspect'] });
    return { clientId: client.id, clientSecret };
  }

  return {
    auth,
    url: auth.settings.issuer,
    clock,
    mint,
    bearer: async (wish) => ({ authorization: `Bearer ${await mint(wish)}` }),
    async cookies(session) {
      const { cookies } = await auth.http.startCookieSession(OWN_PAGE, {
        subject: DEFAULT_SUBJECT,
        ...session,
      });
      const pairs = cookies.map(([, cookie]) => cookie.split(';', 1)[0] ?? '');
      return {
        cookie: pairs.filter((pair) => !pair.endsWith('=')).join('; '),
        'sec-fetch-site': 'same-origin',
      };
    },
    async advance(span) {
      clock.advance(parseSpan(span));
      scheduler.runDue();
      for (let turn = 0; turn < TURNS; turn += 1) await scheduler.nextTurn();
    },
    registerVerifier,
    async createVerifier(wishes = {}) {
      const { issuer, audience } = auth.settings;
      const feed = await registerVerifier();
      const parts = { clock, scheduler, random };
      const verifier = createVerifierOn(parts, { issuer, audience, feed, ...wishes });
      verifiers.push(verifier);
      await verifier.ready();
      const isFollowing = async (): Promise<boolean> =>
        (await auth.feed.status()).verifiers.some(({ clientId }) => clientId === feed.clientId);
      // Only of whom the issuer has heard is it waited for, when something is revoked.
      if (wishes.feed === undefined) while (!(await isFollowing())) await systemScheduler.sleep(PAUSE_MS);
      return verifier;
    },
    async close() {
      await Promise.all(verifiers.map((verifier) => verifier.close()));
      await auth.close();
      await ownStore.close();
      await server?.close();
    },
  };
}

/** What is drawn for pauses depends on how fast the machine is, and ids must not. */
function createTestRandom(seed: number): Random {
  const { bytes } = createSeededRandom(seed);
  const { jitter } = createSeededRandom(seed + 1);
  return { bytes, jitter };
}

const OWN_PAGE: NeutralRequest = {
  method: 'POST',
  path: '/',
  remoteAddress: undefined,
  header: (name) => (name === 'sec-fetch-site' ? 'same-origin' : undefined),
  readBody: async () => ({ kind: 'aborted' }),
};
