import { JWKS_MAX_AGE_SECONDS } from '../../engine/limits.ts';
import type { Handler } from '../handler.ts';
import { problem } from '../problem.ts';
import { publicDocument, respondJson } from '../respond.ts';

/** `GET /.well-known/jwks.json`, RFC 7517 §5. Where all keys are secrets there is no such route. */
export const jwks: Handler = async (_request, { engine }) => {
  const keys = engine.keys.publicJwks();
  if (keys.length === 0) return problem('ERR_ROUTE_UNKNOWN');
  return respondJson(200, { keys }, publicDocument(JWKS_MAX_AGE_SECONDS));
};
