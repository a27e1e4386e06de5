import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { ask, closeConnections, startGroup, type Answer, type Member } from './server-group.ts';

const CREDENTIALS = { email: 'ada@example.com', password: 'correct horse battery' };
/** S is four of them. */
const RACE_WINDOW_MS = 150;
/** What a loaded machine may take for what takes milliseconds. */
const PATIENCE_MS = 3000;

after(closeConnections);

/** A browser whose cookies the servers set and clear. */
class Jar {
  readonly cookies = new Map<string, string>();

  get kinds(): string {
    return [...this.cookies.keys()]
      .map((name) => name.replace('__Host-ww_', ''))
      .toSorted()
      .join();
  }

  copy(): Jar {
    const other = new Jar();
    for (const [name, value] of this.cookies) other.cookies.set(name, value);
    return other;
  }

  async ask(member: Member, method: string, path: string, body?: object): Promise<Answer> {
    const cookie = [...this.cookies].map((pair) => pair.join('=')).join('; ');
    const answer = await ask(member, method, path, { cookie, ...(body !== undefined && { body }) });
    for (const set of answer.headers['set-cookie'] ?? []) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      if (set.includes('Max-Age=0;')) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return answer;
  }

  /** The generation that the session is at, where the jar is good for it; else the code of the refusal. */
  async look(member: Member): Promise<unknown> {
    const { status, json } = await this.ask(member, 'GET', '/auth/session');
    return status === 200 ? json.chain.generation : json.code;
  }

  async refresh(member: Member): Promise<unknown> {
    const { status, json } = await this.ask(member, 'POST', '/auth/refresh');
    return status === 200 ? json.session.generation : json.code;
  }
}

test('servers with opaque sessions, and one without, share them: nobody is signed out, the revoked are out everywhere, thieves are caught', async (t) => {
  const opaque = { WATCHWORD_BROWSER_SESSIONS: 'opaque' };
  const members = await startGroup(t, 3, { WATCHWORD_RACE_WINDOW_MS: String(RACE_WINDOW_MS) }, [
    opaque,
    opaque,
  ]);
  const [one, another, jwt] = members;
  assert.ok(one && another && jwt);
  const jar = new Jar();
  assert.equal((await jar.ask(one, 'POST', '/auth/sign-up', CREDENTIALS)).status, 201);
  assert.equal(jar.kinds, 'csrf,sid');
  for (const member of members) assert.equal(await jar.look(member), 1);

  // A rotation in one process: the parent is taken in the others, for its answer may be lost.
  const parent = jar.copy();
  assert.equal(await jar.refresh(one), 2);
  for (const member of members) {
    assert.equal(await parent.look(member), 2);
    assert.equal(await jar.look(member), 2);
  }

  // From server to server, with answers that are lost on their way.
  for (const [member, kinds] of [
    [jwt, 'at,csrf,rt'],
    [another, 'csrf,sid'],
    [jwt, 'at,csrf,rt'],
    [one, 'csrf,sid'],
  ] as const) {
    await pause(4 * RACE_WINDOW_MS + 50);
    const expected: number = Number(await jar.look(one)) + 1;
    assert.equal(await jar.copy().refresh(another), expected);
    assert.equal(await jar.refresh(member), expected);
    assert.equal(jar.kinds, kinds);
    for (const each of members) assert.equal(await jar.look(each), expected);
  }

  // What was stolen before is caught where it is refreshed, and the session ends at all of them.
  assert.equal(await parent.refresh(another), 'ERR_REFRESH_INVALID');
  for (const member of members) await untilRefused(jar, member);
});

async function untilRefused(jar: Jar, member: Member): Promise<void> {
  const deadlineMs = performance.now() + PATIENCE_MS;
  while ((await jar.look(member)) !== 'ERR_TOKEN_REVOKED') {
    assert.ok(performance.now() < deadlineMs, 'the session goes on');
    await pause(10);
  }
}
