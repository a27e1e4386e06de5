import { parseKeyId } from '../domain/ids.ts';
import { SIGNING_ALGORITHMS } from '../domain/signing-key.ts';
import type { Engine } from '../engine/engine.ts';
import { ArgumentError } from '../errors/watchword-error.ts';
import { refuseUnknownOptions } from './unknown-options.ts';
import { readWait, withReceipts } from './wait-option.ts';
import type { Watchword } from './watchword.ts';

export function presentKeys(engine: Engine): Watchword['keys'] {
  const { keys, revoker } = engine;
  return {
    list: () => keys.list(),
    async rotate(options = {}) {
      refuseUnknownOptions('keys.rotate', options, ['algorithm'], ArgumentError);
      const { algorithm = keys.usualAlgorithm() } = options;
      if (!SIGNING_ALGORITHMS.includes(algorithm)) {
        throw new ArgumentError(`\`algorithm\` has to be one of ${SIGNING_ALGORITHMS.join(', ')}.`);
      }
      return keys.rotate(algorithm);
    },
    rotateRefreshKey: () => keys.rotateRefreshKey(),
    rotateFeedKey: () => keys.rotateFeedKey(),
    rewrap: async () => ({ rows: await keys.rewrap() }),
    async compromise(kid, options = {}) {
      const keyId = parseKeyId(kid);
      if (keyId === undefined) {
        throw new ArgumentError('`kid` has to be the id of a key; `keys.list()` shows those there are.');
      }
      const forMs = readWait('keys.compromise', options);
      const result = await keys.compromise(keyId);
      revoker.announce(result, 'revoked');
      return withReceipts(engine, result, forMs);
    },
    jwks: () => ({ keys: keys.publicJwks() }),
  };
}
