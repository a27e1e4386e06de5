import { parseSessionId, parseTokenId } from '../domain/ids.ts';
import { targetBeforeMs, targetId, type RevocationRecord } from '../domain/revocation.ts';
import type { Engine } from '../engine/engine.ts';
import { assertText } from '../engine/sessions/session-input.ts';
import { ArgumentError } from '../errors/watchword-error.ts';
import type { RevocationRequest } from '../ports/store/revocation-log.ts';
import { pageLimit } from './page-limit.ts';
import { refuseUnknownOptions } from './unknown-options.ts';
import { readWait, withReceipts } from './wait-option.ts';
import type { LoggedRevocation, Revoked, RevokeOptions, Watchword } from './watchword.ts';

export function presentRevoke(engine: Engine): Watchword['revoke'] {
  const { revoker, context, revocationsAgeMs } = engine;

  async function revoke(request: RevocationRequest, options: RevokeOptions = {}): Promise<Revoked> {
    const forMs = readWait(`revoke.${request.kind}`, options);
    return withReceipts(engine, await revoker.revoke([request]), forMs);
  }
  return {
    async token(jti, options) {
      const tokenId = parseTokenId(jti) ?? refuseId('`jti` has to be the `jti` claim of a token of ours.');
      return revoke({ kind: 'token', tokenId }, options);
    },
    async session(id, options) {
      const sessionId = parseSessionId(id) ?? refuseId('`id` has to be the id of a session, a UUIDv7.');
      return revoke({ kind: 'session', sessionId, reason: 'revoked' }, options);
    },
    async subject(subject, options) {
      assertText('subject', subject);
      return revoke({ kind: 'subject', subject }, options);
    },
    all: (options) => revoke({ kind: 'all' }, options),
    async log(query = {}) {
      refuseUnknownOptions('revoke.log', query, ['after', 'limit'], ArgumentError);
      const { after = 0, limit } = query;
      if (!Number.isInteger(after) || after < 0) {
        throw new ArgumentError('`after` has to be the number of an entry: 0, or more.');
      }
      const { revocations } = context.store;
      const records = await revocations.readAfter(after, pageLimit(limit));
      const { epoch, sequence } = await revocations.head();
      return { records: records.map(presentRecord), head: { epoch, sequence } };
    },
    ageMs: () => revocationsAgeMs(),
  };
}

function presentRecord({ sequence, target, atMs, expiresMs }: RevocationRecord): LoggedRevocation {
  const beforeMs = targetBeforeMs(target);
  const { kind } = target;
  const entry = { sequence, kind, target: targetId(target), atMs, expiresMs };
  return beforeMs === 0 ? entry : { ...entry, beforeMs };
}

function refuseId(sentence: string): never {
  throw new ArgumentError(sentence);
}
