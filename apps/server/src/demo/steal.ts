import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Watchword } from 'watchword';
import { replyWithProblem } from '../problem-reply.ts';
import { readRefreshCookie } from './refresh-cookie.ts';
import type { StolenTokens } from './stolen-tokens.ts';

/** `POST /demo/steal`: keeps a copy of the request's refresh cookie, as somebody who has read it off the disk would. */
export function steal(auth: Watchword, stolen: StolenTokens) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const { sessionId, generation } = request.verifiedToken ?? {};
    const token = readRefreshCookie(request.headers.cookie);
    if (sessionId === undefined || generation === undefined || token === undefined) {
      return replyWithProblem(reply, auth, 'ERR_REFRESH_MISSING');
    }
    stolen.keep(sessionId, token, generation);
    return { stolen_generation: generation };
  };
}
