import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { KeyId } from '../../../src/domain/ids.ts';
import type { JsonObject } from '../../../src/domain/json.ts';
import type { SigningAlgorithm } from '../../../src/domain/signing-key.ts';
import { createInstallation } from './installation.ts';
import { forge, readToken } from './tokens.ts';

/**
 * An installation, a good token of it, and its key in our hands: what is refused is refused for what was changed alone,
 * and not for its signature.
 */
export async function attack(t: TestContext, algorithm: SigningAlgorithm = 'HS256') {
  const installation = createInstallation(t);
  const { auth } = await installation.open({ algorithm });
  const { accessToken } = await auth.sessions.start({ subject: 'ada', scope: 'read', amr: ['pwd'] });
  const { header, payload } = readToken(accessToken);
  const key = (await installation.ring()).signingKeys.get(header['kid'] as KeyId)?.jws;
  assert.ok(key !== undefined);
  const withHeader = (changes: JsonObject | string): string =>
    forge(key, typeof changes === 'string' ? changes : { ...header, ...changes }, payload);
  const sign = (claims: JsonObject | string): string => forge(key, header, claims);
  assert.equal(auth.verify(withHeader({})).subject, 'ada', 'unchanged it is good');
  return { installation, auth, accessToken, header, payload, key, withHeader, sign };
}

/** The text of an object without one of its members. */
export function without(object: JsonObject, name: string): string {
  const { [name]: _, ...rest } = object;
  return JSON.stringify(rest);
}
