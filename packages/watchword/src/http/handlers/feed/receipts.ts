import { parsePosition } from '../../../domain/feed.ts';
import { requireRole } from '../../client-authentication.ts';
import type { Handler } from '../../handler.ts';
import { parseBody } from '../../parse/body.ts';
import { MOST_RECEIPT_BYTES, receiptBody } from '../../parse/receipt.ts';
import { problem } from '../../problem.ts';
import { respondJson } from '../../respond.ts';

/** `POST /feed/receipts`: what a verifier has taken in, and which tokens it saw in use. */
export const feedReceipts: Handler = async (request, context) => {
  const caller = await requireRole('verifier', request, new Map(), context);
  if (caller.kind === 'refused') return caller.response;
  const body = await parseBody(request, receiptBody, MOST_RECEIPT_BYTES);
  if (body.kind === 'refused') {
    return problem(body.code, body.errors === undefined ? {} : { errors: body.errors });
  }
  const { feed, receipts, useReports } = context.engine;
  const { id: clientId } = caller.client;
  const { instance, name, version, epoch, sequence, hash, nonce, uses } = body.value;
  if (body.value.closing) await receipts.forget(clientId, instance);
  const position = parsePosition(`${epoch}.${sequence}.${hash}`);
  if (position === undefined) return problem('ERR_FEED_POSITION_INVALID');
  const fault = await feed.judgePosition(position);
  if (fault !== undefined) return problem(fault);
  if (!body.value.closing) {
    const outcome = await receipts.note({ clientId, instance, name, version, epoch, sequence });
    if (outcome === 'too_many') return problem('ERR_FEED_INSTANCES');
  }
  useReports.note(`${clientId} ${instance}`, uses);
  return respondJson(200, { checkpoint: feed.checkpoint(nonce) });
};
