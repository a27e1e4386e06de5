import assert from 'node:assert/strict';
import { test } from 'node:test';
import express from 'express';
import createFastify from 'fastify';
import { authOf, signIn, watchword } from '../../src/adapters/express/index.ts';
import * as fastify from '../../src/adapters/fastify/index.ts';
import { authenticate, renewedHeaders } from '../../src/adapters/web/index.ts';
import { WatchwordError, type GuardOptions, type Watchword } from '../../src/facade/index.ts';
import { memory } from '../../src/stores/memory/index.ts';
import { cookieNames, jarOf, OWN_PAGE, refusalOf } from '../../src/testing/adapter-contract/world.ts';
import { spiedStore } from '../facade/support/spied-store.ts';
import { listen, openAuth, OWN } from './listening.ts';

const NAVIGATION = { 'sec-fetch-dest': 'document', 'sec-fetch-site': 'none' };

const logIn =
  (auth: Watchword): express.RequestHandler =>
  (request, response, next) => {
    signIn(auth, request, response, { subject: 'ada' }).then(() => response.end(), next);
  };

/** The cookies of somebody whose access token is past its time. */
async function leftCookie(url: string): Promise<string> {
  const whole = jarOf(await fetch(`${url}/log-in`, { method: 'POST', headers: OWN_PAGE }));
  return String(/__Host-ww_rt=[^;]+/.exec(whole));
}

test('who is refused for another reason has been renewed all the same', async (t) => {
  const auth = await openAuth(t);
  const app = express();
  app.use(watchword(auth));
  app.post('/log-in', logIn(auth));
  app.get(
    '/orders',
    auth.require({ renew: true, scope: 'orders' }),
    (_request, response) => void response.end(),
  );
  const url = await listen(t, app);
  const cookie = await leftCookie(url);
  const refused = await fetch(`${url}/orders`, { headers: { ...NAVIGATION, cookie } });
  assert.ok(cookieNames(refused).includes('__Host-ww_rt'));
  assert.deepEqual(await refusalOf(refused), [403, 'ERR_TOKEN_SCOPE']);
});

test('who was answered meanwhile is not answered again, nor let through', async (t) => {
  const auth = await openAuth(t);
  const app = express();
  app.post('/log-in', logIn(auth));
  let letThrough = 0;
  app.get(
    '/page',
    (_request, response, next) => {
      next();
      response.status(504).end('too late');
    },
    auth.require({ renew: true }),
    (_request, response) => {
      letThrough += 1;
      response.end();
    },
  );
  const url = await listen(t, app);
  const cookie = await leftCookie(url);
  for (let count = 0; count < 3; count += 1) {
    const page = await fetch(`${url}/page`, { headers: { ...NAVIGATION, cookie } });
    assert.deepEqual([page.status, await page.text()], [504, 'too late']);
  }
  assert.equal(letThrough, 0);
});

test('where the store is away nobody is taken for nobody', async (t) => {
  let isAway = false;
  const store = spiedStore(memory(), (call) => {
    if (isAway && call.startsWith('sessions.')) throw new WatchwordError('ERR_STORE_UNAVAILABLE');
  });
  const auth = await openAuth(t, { store });
  const app = express();
  app.post('/log-in', logIn(auth));
  const answer: express.RequestHandler = (request, response) =>
    void response.json({ subject: authOf(request)?.subject ?? null });
  app.get('/page', auth.require({ renew: true }), answer);
  app.get('/maybe', auth.require({ renew: true, optional: true }), answer);
  const url = await listen(t, app);
  const cookie = await leftCookie(url);
  isAway = true;
  for (const path of ['/page', '/maybe']) {
    const page = await fetch(url + path, { headers: { ...NAVIGATION, cookie } });
    assert.deepEqual(cookieNames(page), []);
    assert.deepEqual(await refusalOf(page), [503, 'ERR_STORE_UNAVAILABLE']);
  }
  isAway = false;
  assert.equal((await fetch(`${url}/maybe`, { headers: { ...NAVIGATION, cookie } })).status, 200);
});

test('what is rendered behind it sees the cookies that the browser is about to have', async (t) => {
  const auth = await openAuth(t);
  const app = express();
  app.post('/log-in', logIn(auth));
  const url = await listen(t, app);
  const cookie = `theme=dark; ${await leftCookie(url)}`;
  const request = new Request(OWN, { headers: { ...NAVIGATION, cookie } });
  const who = await authenticate(auth, request, { renew: true });
  assert.equal(who.kind, 'authenticated');
  if (who.kind !== 'authenticated') return;
  const headers = renewedHeaders(request, who.headers);
  assert.match(
    headers.get('cookie') ?? '',
    /^theme=dark; __Host-ww_rt=[^;]+; __Host-ww_at=[^;]+; __Host-ww_csrf=/,
  );
  const inner = await authenticate(auth, new Request(OWN, { headers }));
  assert.equal(inner.kind === 'authenticated' && inner.token.subject, 'ada');
  const gone = renewedHeaders(request, [['set-cookie', '__Host-ww_rt=; Path=/; Max-Age=0; Secure']]);
  assert.equal(gone.get('cookie'), 'theme=dark');
  assert.equal(renewedHeaders(request, []).get('cookie'), cookie);
});

test('a guard behind one that has renewed sees what it is about to answer, and renews no more', async (t) => {
  const auth = await openAuth(t);
  const app = express();
  app.post('/log-in', logIn(auth));
  app.use(auth.require({ renew: true }));
  const strict = auth.require({ maxAgeSeconds: 60 });
  app.get('/page', strict, auth.require({ renew: true }), (request, response) => {
    response.json({ subject: request.auth.subject, cookie: request.headers.cookie });
  });
  await judgeTwoGuards(await listen(t, app));
});

test('and behind one of Fastify', async (t) => {
  const auth = await openAuth(t);
  const app = createFastify();
  t.after(() => app.close());
  await app.register(fastify.watchword(auth));
  app.post('/log-in', async (request, reply) => {
    await fastify.signIn(auth, request, reply, { subject: 'ada' });
    return 'in';
  });
  const renewing = fastify.requireAuth(auth, { renew: true });
  const onRequest = [renewing, fastify.requireAuth(auth), renewing];
  app.get('/page', { onRequest }, (request) => ({
    subject: request.auth.subject,
    cookie: request.headers.cookie,
  }));
  await judgeTwoGuards(await app.listen({ port: 0, host: '127.0.0.1' }));
});

async function judgeTwoGuards(url: string): Promise<void> {
  const left = await leftCookie(url);
  const page = await fetch(`${url}/page`, { headers: { ...NAVIGATION, cookie: `theme=dark; ${left}` } });
  assert.equal(page.status, 200);
  assert.deepEqual(cookieNames(page), ['__Host-ww_at', '__Host-ww_rt', '__Host-ww_csrf']);
  const [access, refresh] = jarOf(page).split('; ');
  const { subject, cookie } = (await page.json()) as { subject: string; cookie: string };
  assert.equal(subject, 'ada');
  assert.deepEqual(cookie.split('; ').slice(0, 3), ['theme=dark', refresh, access]);
  assert.ok(!cookie.includes(left), 'what was replaced is gone');
}

test('a name that only seems to be one of ours stays what it is', () => {
  // Browsers let a sibling set it: to them the character before `__Host-` is a part of the name.
  const cookie = 'theme=dark; \u00A0__Host-ww_sid=tossed';
  const request = new Request(OWN, { headers: { cookie } });
  const headers = renewedHeaders(request, [['set-cookie', '__Host-ww_at=new; Path=/; Secure']]);
  assert.equal(headers.get('cookie'), `${cookie}; __Host-ww_at=new`);
});

test('it is `true` or `false`', async (t) => {
  const auth = await openAuth(t);
  const wrong = { renew: 'always' } as unknown as GuardOptions;
  assert.throws(() => auth.require(wrong), /`renew` has to be `true` or `false`/);
});
