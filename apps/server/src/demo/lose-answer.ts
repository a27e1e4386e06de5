import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Watchword } from 'watchword';
import { replyWithAnswer } from '../problem-reply.ts';
import { presentRefresh } from './present-refresh.ts';
import { textOf } from '../receive-request.ts';
import type { Witness } from './witness.ts';

/**
 * `POST /demo/lose-answer`: refreshes with the cookies of the request, as the browser itself would, and throws the
 * answer away. The browser keeps the cookies that it has.
 */
export function loseAnswer(auth: Watchword, witness: Witness) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const presented = await presentRefresh(auth, witness, {
      remoteAddress: request.ip,
      header: (name) => textOf(request.raw, name),
    });
    if (presented.kind !== 'served') return replyWithAnswer(reply, presented.refusal);
    const { outcome, generation } = presented;
    return { outcome, generation, held_generation: request.verifiedToken?.generation };
  };
}
