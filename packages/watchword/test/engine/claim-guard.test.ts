import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { JsonObject, JsonValue } from '../../src/domain/json.ts';
import { assertHarmlessClaims } from '../../src/engine/guards/claim-guard.ts';
import { ClaimRefusedError } from '../../src/errors/watchword-error.ts';
import { rounds } from '../domain/support/property.ts';
import { credentials } from './claim-corpus/credentials.ts';

interface Bad {
  readonly claims: JsonObject;
  readonly claim: string;
  readonly because: string;
}

const ordinary = corpus<JsonObject>('ordinary.json');
const bad: readonly Bad[] = [
  ...corpus<Bad>('bad.json'),
  ...Object.entries(credentials).map(([because, ref]) => ({ claims: { ref }, claim: 'ref', because })),
];
const none: ReadonlySet<string> = new Set();

test('no ordinary claims are refused', () => {
  const refused = ordinary.flatMap((claims) => refusal(claims)?.message ?? []);
  assert.deepEqual(refused, []);
  assert.ok(ordinary.length >= 200);
});

test('what nobody who holds the token should read is refused, and the claim is named', () => {
  const wrong = bad.filter(({ claims, claim }) => !namedFirst(refusal(claims)?.message, claim));
  assert.deepEqual(wrong, []);
  assert.ok(bad.length >= 200);
});

test('no refusal shows anything of the value', () => {
  for (const { claims } of bad) {
    const { message, detail = '' } = refusal(claims) ?? assert.fail('it was refused a moment ago');
    const [, name = ''] = /^The claim ("[^"]+")/.exec(message) ?? [];
    const said = `${message} ${detail}`.replaceAll(name, '');
    for (const text of textsIn(claims)) assert.ok(!said.includes(text), `${said} shows ${text}`);
  }
});

test('a claim that is allowed passes, and no other beside it', () => {
  for (const { claims, claim } of bad) {
    assertHarmlessClaims({ [claim]: claims[claim] ?? null }, new Set([claim]));
    assert.ok(refusal({ ...claims, other: claims }, new Set(Object.keys(claims))), 'only at the top');
  }
});

describe('ids that programs make are never refused, however chance made them', () => {
  const makers: Readonly<Record<string, () => JsonValue>> = {
    'a UUID': () => randomUUID(),
    'a UUID in capitals without hyphens': () => randomUUID().replaceAll('-', '').toUpperCase(),
    'a digest in hex': () => randomBytes(32).toString('hex'),
    'an id of Git': () => randomBytes(20).toString('hex'),
    '128 bits in base64url': () => randomBytes(16).toString('base64url'),
    'a number of 9 to 13 digits': () => randomBytes(8).readBigUInt64BE().toString().slice(0, 13),
    'a snowflake': () => (10n ** 18n + (randomBytes(8).readBigUInt64BE() >> 3n)).toString(),
  };
  for (const [name, make] of Object.entries(makers)) {
    test(name, () => {
      for (let round = 0; round < rounds(2000, 100_000); round += 1) {
        assertHarmlessClaims({ reference: make() }, none);
      }
    });
  }

  test('a number of any length under a name that ends in id', () => {
    for (let round = 0; round < rounds(2000, 100_000); round += 1) {
      const digits = `4${randomBytes(8).readBigUInt64BE().toString().padStart(18, '0')}`;
      const user_id = digits.slice(0, 13 + (round % 6));
      assertHarmlessClaims({ user_id, orderId: Number(user_id), ids: [user_id], id: `${user_id}Z` }, none);
    }
  });
});

function namedFirst(message: string | undefined, claim: string): boolean {
  return message?.startsWith(`The claim ${JSON.stringify(claim)} seems to hold `) === true;
}

function textsIn(value: JsonValue): readonly string[] {
  if (typeof value === 'string' || typeof value === 'number') {
    // What is shorter stands in the sentence for other reasons.
    return String(value).length < 5 ? [] : [String(value)];
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

function refusal(claims: JsonObject, allowed = none): ClaimRefusedError | undefined {
  try {
    assertHarmlessClaims(claims, allowed);
    return undefined;
  } catch (error) {
    assert.ok(error instanceof ClaimRefusedError);
    return error;
  }
}

function corpus<Entry>(name: string): readonly Entry[] {
  return JSON.parse(readFileSync(new URL(`claim-corpus/${name}`, import.meta.url), 'utf8')) as Entry[];
}
