import { JWKS_MAX_AGE_SECONDS } from '../../../engine/limits.ts';
import type { Handler } from '../../handler.ts';
import { publicDocument, respondJson } from '../../respond.ts';

/** `GET /feed/keys`: what checkpoints are signed with, which is never a key of tokens. */
export const feedKeys: Handler = async (_request, { engine }) =>
  respondJson(200, { keys: engine.feed.keys() }, publicDocument(JWKS_MAX_AGE_SECONDS));
