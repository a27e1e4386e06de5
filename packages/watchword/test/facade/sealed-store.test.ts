import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { refusedSentence } from './support/errors.ts';
import { createInstallation, SECRET } from './support/installation.ts';
import { spiedStore } from './support/spied-store.ts';

const OTHER = 'c3f1e08d6a5b2947d1e0f3a4b5869718293a4b5c6d7e8f90a1b2c3d4e5f60718';

describe('a store that was sealed with another secret', () => {
  test('is refused with a sentence that says what to set, and shows neither secret', async (t) => {
    const installation = createInstallation(t);
    await installation.open();
    const sentence = await refusedSentence(installation.open({ secret: OTHER }));
    assert.match(sentence, /WATCHWORD_SECRET/);
    assert.match(sentence, /another secret/);
    assert.ok(!sentence.includes(OTHER) && !sentence.includes(SECRET));
  });

  test('is opened with the same secret in another spelling', async (t) => {
    const installation = createInstallation(t);
    const { auth } = await installation.open();
    const { accessToken } = await auth.sessions.start({ subject: 'ada' });
    const spelling = Buffer.from(SECRET, 'hex').toString('base64url');
    for (const secret of [SECRET.toUpperCase(), spelling, ` ${SECRET}\n`]) {
      const { auth: other } = await installation.open({ secret });
      assert.equal(other.verify(accessToken).subject, 'ada');
    }
  });
});

describe('a sealed row that was tampered with', () => {
  for (const what of ['a byte changed', 'two rows exchanged', 'a root gone'] as const) {
    test(`is refused with a sentence: ${what}`, async (t) => {
      const installation = createInstallation(t);
      const { auth } = await installation.open();
      await auth.close();
      const factory = spiedStore(installation.factory, () => undefined);
      const store = {
        ...factory,
        open: async (context: Parameters<typeof factory.open>[0]) => {
          const opened = await factory.open(context);
          const read = async () => {
            const ring = await opened.keys.read();
            const [signing] = ring.signingKeys;
            const [root, second] = ring.roots;
            assert.ok(signing !== undefined && root !== undefined && second !== undefined);
            if (what === 'a root gone') return { ...ring, roots: [root] };
            if (what === 'two rows exchanged') {
              return {
                ...ring,
                roots: [
                  { ...root, sealed: second.sealed },
                  { ...second, sealed: root.sealed },
                ],
              };
            }
            const sealed = signing.sealed.slice();
            sealed[sealed.length - 1] = (sealed.at(-1) ?? 0) ^ 1;
            return { ...ring, signingKeys: [{ ...signing, sealed }] };
          };
          return { ...opened, keys: { ...opened.keys, read } };
        },
      };
      const sentence = await refusedSentence(installation.open({ store }));
      assert.match(sentence, /backup/);
    });
  }
});
