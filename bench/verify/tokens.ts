import { randomBytes } from 'node:crypto';
import { signCompactJws } from '../../packages/watchword/src/crypto/jws/compact.ts';
import type { JwsKey } from '../../packages/watchword/src/crypto/jws/jws-key.ts';
import { createJwsKey, generateKeyMaterial } from '../../packages/watchword/src/crypto/jws/key-material.ts';
import { createTokenId } from '../../packages/watchword/src/crypto/token-id.ts';
import { createSessionId, type KeyId, type TokenId } from '../../packages/watchword/src/domain/ids.ts';
import type { SigningAlgorithm } from '../../packages/watchword/src/domain/signing-key.ts';
import { epochMs } from '../../packages/watchword/src/domain/time.ts';
import {
  createRevocationView,
  type RevocationView,
} from '../../packages/watchword/src/engine/revocation/view.ts';
import { ACCESS_TOKEN } from '../../packages/watchword/src/engine/tokens/kinds.ts';
import { createTokenVerifier } from '../../packages/watchword/src/engine/tokens/verify.ts';
import { systemClock } from '../../packages/watchword/src/platform/system-clock.ts';
import { systemRandom } from '../../packages/watchword/src/platform/system-random.ts';
import type { Contestant } from '../benchmark.ts';

export const ISSUER = 'https://app.example';
export const AUDIENCE = 'https://api.example';

const REVOKED = 1_000_000;
const HOUR_MS = 3_600_000;

export interface Issued {
  readonly algorithm: SigningAlgorithm;
  readonly key: JwsKey;
  /** The secret, or the private key as PKCS#8. */
  readonly material: Uint8Array;
  readonly tokens: readonly string[];
  /** None of the tokens is among them. */
  readonly revoked: ReadonlySet<string>;
}

/** Access tokens as the library issues them, each of another user and session. */
export async function issueTokens(algorithm: SigningAlgorithm, count: number): Promise<Issued> {
  const material = await generateKeyMaterial(algorithm, systemRandom);
  const key = createJwsKey('bench-key-0123456789ab' as KeyId, algorithm, material);
  const tokens = Array.from({ length: count }, (_, index) =>
    signCompactJws(key, 'at+jwt', claimsOf(`user-${index}`)),
  );
  return { algorithm, key, material, tokens, revoked: revocations().ids };
}

export function claimsOf(subject: string) {
  const nowMs = systemClock.nowMs();
  const sessionId = createSessionId(nowMs, systemRandom.bytes(10));
  const iat = Math.floor(nowMs / 1000);
  return {
    iss: ISSUER,
    aud: AUDIENCE,
    sub: subject,
    iat,
    exp: iat + 3600,
    jti: createTokenId(nowMs, systemRandom.bytes(4), { sessionId, generation: 1 }, new Uint8Array(32)),
    sid: sessionId,
    client_id: 'app',
    ww_gen: 1,
    auth_time: iat,
  };
}

/** The whole judgement, as `auth.verify` makes it. */
export function ours({ key, tokens }: Issued, cacheSize: number): Contestant {
  const { view } = revocations();
  const found = { jws: key, state: 'signing' } as const;
  const verifier = createTokenVerifier({
    issuer: ISSUER,
    clock: systemClock,
    keys: { find: (id) => (id === key.id ? found : undefined) },
    view,
    cacheSize,
  });
  const expected = {
    audience: [AUDIENCE],
    scope: [],
    maxAgeSeconds: undefined,
    maxStalenessMs: Number.MAX_VALUE,
  };
  return (count) => {
    for (let done = 0; done < count; done += 1) {
      const verdict = verifier.verify(tokens[done % tokens.length], ACCESS_TOKEN, expected);
      if (verdict.kind === 'refused') throw new Error(verdict.detail);
    }
  };
}

interface Revocations {
  readonly view: RevocationView;
  readonly ids: ReadonlySet<string>;
}

let loaded: Revocations | undefined;

/** A million revoked ids, half of them tokens and half sessions: in our table, and in a `Set` for the others. */
function revocations(): Revocations {
  loaded ??= loadRevocations();
  return loaded;
}

function loadRevocations(): Revocations {
  const view = createRevocationView(systemClock, { record: () => undefined });
  view.confirm(systemClock.monotonicMs());
  const ids = new Set<string>();
  const atMs = systemClock.nowMs();
  const expiresMs = epochMs(atMs + HOUR_MS);
  for (let entries = 0; entries < REVOKED; entries += 2) {
    const tokenId = randomBytes(16).toString('base64url') as TokenId;
    const sessionId = createSessionId(atMs, systemRandom.bytes(10));
    view.apply({ target: { kind: 'token', tokenId }, expiresMs });
    view.apply({ target: { kind: 'session', sessionId }, expiresMs });
    ids.add(tokenId).add(sessionId);
  }
  return { view, ids };
}
