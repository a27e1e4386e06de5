import { z } from 'zod';
import { EPOCH_PATTERN, NONCE_PATTERN, VERIFIER_NAME_PATTERN } from '../../domain/feed.ts';
import { parseSessionId, parseTokenId } from '../../domain/ids.ts';

/** 500 uses fit, and the longest names. */
export const MOST_RECEIPT_BYTES = 65_536;

const MOST_USES = 500;
const HIGHEST_GENERATION = 0xffff_ffff;

/** One use of an access token: its `jti`, `sid` and `ww_gen`, and how many milliseconds old it was. */
const use = z
  .tuple([
    z.string(),
    z.string(),
    z.number().int().min(0).max(HIGHEST_GENERATION),
    z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
  ])
  .transform(([jti, sid, generation, ageMs], context) => {
    const tokenId = parseTokenId(jti);
    const sessionId = parseSessionId(sid);
    if (tokenId !== undefined && sessionId !== undefined) return { tokenId, sessionId, generation, ageMs };
    context.addIssue({ code: 'custom', message: 'is not a use of a token of ours' });
    return z.NEVER;
  });

/** `POST /feed/receipts`. */
export const receiptBody = z.object({
  instance: z.string().regex(EPOCH_PATTERN),
  name: z.string().regex(VERIFIER_NAME_PATTERN),
  version: z.string().regex(VERIFIER_NAME_PATTERN),
  epoch: z.string().regex(EPOCH_PATTERN),
  sequence: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
  hash: z.string().length(43),
  nonce: z.string().regex(NONCE_PATTERN).optional(),
  closing: z.boolean().default(false),
  uses: z.array(use).max(MOST_USES).default([]),
});
