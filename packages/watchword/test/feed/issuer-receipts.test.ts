import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeJwt } from 'jose';
import { createUseReports } from '../../src/engine/refresh/use-reports.ts';
import { createFakeClock } from '../../src/testing/fake-clock.ts';
import { verifierOf } from './feed-reader.ts';
import { openIssuer, type IssuerServer } from './issuer-server.ts';

const INSTANCE = 'ab'.repeat(16);

function receiptOf({ state }: IssuerServer, more: object = {}) {
  const { epoch, sequence, hash } = state.head;
  return {
    instance: INSTANCE,
    name: 'billing-3',
    version: '0.7.0',
    epoch,
    sequence,
    hash: Buffer.from(hash).toString('base64url'),
    ...more,
  };
}

describe('receipts', { concurrency: true }, () => {
  test('are noted, answered with a checkpoint over the nonce, and forgotten when their sender stops', async (t) => {
    const issuer = await openIssuer(t);
    const authorization = await issuer.register('billing');
    await issuer.auth.revoke.subject('ada');
    const { status, json } = await issuer.post(
      '/feed/receipts',
      authorization,
      receiptOf(issuer, { nonce: 'n-2', later: 'versions may say more' }),
    );
    assert.equal(status, 200);
    const checkpoint = await (await verifierOf(issuer.origin))(json.checkpoint);
    assert.deepEqual([checkpoint.nonce, checkpoint.seq], ['n-2', 1]);
    const [verifier] = (await issuer.auth.feed.status()).verifiers;
    assert.deepEqual(
      [verifier?.clientId, verifier?.instance, verifier?.name, verifier?.sequence, verifier?.state],
      ['billing', INSTANCE, 'billing-3', 1, 'current'],
    );
    const closing = await issuer.post('/feed/receipts', authorization, receiptOf(issuer, { closing: true }));
    assert.equal(closing.status, 200);
    assert.deepEqual((await issuer.auth.feed.status()).verifiers, []);
  });

  test('are refused where nobody can be: a lie changes nothing for others', async (t) => {
    const issuer = await openIssuer(t);
    const authorization = await issuer.register('billing');
    await issuer.auth.revoke.subject('ada');
    const { epoch } = issuer.head();
    const hash = 'A'.repeat(43);
    const refusals = [
      [400, { sequence: 2 }],
      [400, { sequence: Number.MAX_SAFE_INTEGER }],
      [400, { hash }],
      [409, { epoch: '0'.repeat(32) }],
      [422, { instance: 'AB'.repeat(16) }],
      [422, { name: '' }],
      [422, { name: 'a\u0000' }],
      [422, { name: 'billing\u202e3-gnillib' }],
      [422, { sequence: -1 }],
      [422, { uses: Array.from({ length: 501 }, () => useOf({})) }],
      [422, { uses: [useOf({ tokenId: 'x' })] }],
      [413, { more: 'a'.repeat(70_000) }],
    ] as const;
    for (const [status, change] of refusals) {
      const answer = await issuer.post('/feed/receipts', authorization, receiptOf(issuer, change));
      assert.equal(answer.status, status, JSON.stringify(change).slice(0, 100));
    }
    assert.equal(issuer.head().epoch, epoch);
    assert.deepEqual((await issuer.auth.feed.status()).verifiers, []);
    const full = Array.from({ length: 500 }, () => useOf({}));
    const largest = receiptOf(issuer, { name: '\u{1f511}'.repeat(32), uses: full });
    assert.equal((await issuer.post('/feed/receipts', authorization, largest)).status, 200);
  });

  test('settle the generation of a token that was old enough, if they name one of ours', async (t) => {
    const issuer = await openIssuer(t, { raceWindowMs: 100 });
    const authorization = await issuer.register('billing');
    const { accessToken } = await issuer.auth.sessions.start({ subject: 'ada' });
    const { jti = '', sid, ww_gen: generation } = decodeJwt(accessToken);
    const use = { tokenId: jti, sessionId: String(sid), generation: Number(generation) };
    const { accessToken: another } = await issuer.auth.sessions.start({ subject: 'berta' });
    const other = decodeJwt(another);
    async function settles(reported: unknown): Promise<boolean> {
      const before = issuer.events.length;
      const answer = await issuer.post(
        '/feed/receipts',
        authorization,
        receiptOf(issuer, { uses: [reported] }),
      );
      assert.equal(answer.status, 200);
      await sleep(60);
      return issuer.events.slice(before).some(({ type }) => type === 'chain_settled');
    }
    assert.equal(await settles(useOf({ ...use, ageMs: 5000 })), false, 'it cannot be that old yet');
    await sleep(600);
    assert.equal(await settles(useOf({ ...use, ageMs: 400 })), false, 'younger use proves nothing');
    assert.equal(await settles(useOf({ ...use, ageMs: 60_000 })), false, 'older than it is');
    assert.equal(await settles(useOf({ ...use, generation: 2, ageMs: 500 })), false);
    assert.equal(await settles(useOf({ ...use, tokenId: String(other.jti), ageMs: 500 })), false);
    assert.equal(await settles(useOf({ ...use, sessionId: String(other['sid']), ageMs: 500 })), false);
    const forged = `${jti.slice(0, 16)}${jti[16] === 'A' ? 'B' : 'A'}${jti.slice(17)}`;
    assert.equal(await settles(useOf({ ...use, tokenId: forged, ageMs: 500 })), false);
    assert.equal(await settles(useOf({ ...use, ageMs: 500 })), true);
    const told = issuer.events.find(({ type }) => type === 'chain_settled');
    assert.deepEqual(told?.type === 'chain_settled' && [told.subject, told.generation], ['ada', 1]);
    assert.equal(await settles(useOf({ ...use, ageMs: 600 })), false, 'once is enough');
  });

  test('without end take no time from others: so many uses of an instance are looked at, and no more', () => {
    const clock = createFakeClock();
    let looked = 0;
    const reports = createUseReports(clock, { noteReport: () => (looked += 1) });
    const many = Array.from({ length: 500 }, () => ({}) as Parameters<typeof reports.note>[1][number]);
    for (let times = 0; times < 50; times += 1) reports.note('flooding', many);
    assert.equal(looked, 500);
    assert.equal(reports.note('quiet', many.slice(0, 20)), 20);
    clock.advance(1000);
    assert.equal(reports.note('flooding', many), 100);
    for (let instance = 0; instance < 5000; instance += 1)
      reports.note(`made-up-${instance}`, many.slice(0, 1));
    assert.equal(reports.note('quiet', many.slice(0, 20)), 20);
  });
});

function useOf({
  tokenId = 'A'.repeat(22),
  sessionId = '01890a5d-ac96-774b-bcce-b302099a8057',
  generation = 1,
  ageMs = 0,
}) {
  return [tokenId, sessionId, generation, ageMs];
}
