import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ErrorCode } from '../../src/errors/catalogue.ts';
import { codeOf } from './support/errors.ts';
import { createInstallation } from './support/installation.ts';

/** A header says who is to check the signature; changed, it may fail at anything that comes before that. */
const OF_HEADER: readonly ErrorCode[] = [
  'ERR_TOKEN_MALFORMED',
  'ERR_TOKEN_TYPE',
  'ERR_TOKEN_KEY_UNKNOWN',
  'ERR_TOKEN_ALGORITHM',
  'ERR_TOKEN_SIGNATURE',
];

for (const algorithm of ['HS256', 'RS256', 'ES256'] as const) {
  test(`a token with any one character changed is refused with the right code (${algorithm})`, async (t) => {
    const { auth } = await createInstallation(t).open({ algorithm });
    const { accessToken } = await auth.sessions.start({ subject: 'ada', scope: 'read' });
    const headerEnd = accessToken.indexOf('.');
    const payloadEnd = accessToken.lastIndexOf('.');
    for (let at = 0; at < accessToken.length; at += 1) {
      const code = accessToken.charCodeAt(at);
      for (const other of othersOf(code)) {
        const changed = accessToken.slice(0, at) + other + accessToken.slice(at + 1);
        const refused = codeOf(() => auth.verify(changed));
        const where = `${JSON.stringify(other)} at ${at}`;
        const isOfTheHeader = at <= headerEnd || at === payloadEnd || other === '.';
        if (isOfTheHeader) assert.ok(OF_HEADER.includes(refused), `${where}: ${refused}`);
        else assert.equal(refused, 'ERR_TOKEN_SIGNATURE', where);
      }
    }
  });

  test(`a token that was cut short or made longer is refused (${algorithm})`, async (t) => {
    const { auth } = await createInstallation(t).open({ algorithm });
    const { accessToken } = await auth.sessions.start({ subject: 'ada' });
    for (let length = 0; length < accessToken.length; length += 1) {
      assert.ok(
        OF_HEADER.includes(codeOf(() => auth.verify(accessToken.slice(0, length)))),
        `${length} characters`,
      );
    }
    for (const more of ['A', '=', ' ', '\n', '\0', '.', '..', '.A']) {
      assert.ok(OF_HEADER.includes(codeOf(() => auth.verify(accessToken + more))), JSON.stringify(more));
    }
  });
}

/** Neighbours, other alphabets, separators, and a twin that is the same in its lower eight bits. */
function othersOf(code: number): readonly string[] {
  const character = String.fromCharCode(code);
  const twin = String.fromCharCode(code + 0x100);
  return ['A', 'z', '0', '_', '+', '=', ' ', '.', '\0', twin, String.fromCharCode(code ^ 1)].filter(
    (c) => c !== character,
  );
}
