import { parsePosition } from '../../../domain/feed.ts';
import { requireRole } from '../../client-authentication.ts';
import type { Handler } from '../../handler.ts';
import type { Header } from '../../neutral.ts';
import { problem } from '../../problem.ts';
import { readNonce } from './nonce.ts';

/** Proxies are told to hand on each event as it comes. */
const HEADERS: readonly Header[] = [
  ['content-type', 'text/event-stream'],
  ['x-accel-buffering', 'no'],
];

/** `GET /feed`: what is revoked from a position on, as server-sent events (WHATWG HTML §9.2). */
export const followFeed: Handler = async (request, context) => {
  const caller = await requireRole('verifier', request, new Map(), context);
  if (caller.kind === 'refused') return caller.response;
  const parameters = readNonce(request);
  if (parameters.kind === 'refused') return parameters.response;
  const position = parsePosition(request.header('last-event-id'));
  if (position === undefined) return problem('ERR_FEED_POSITION_INVALID');
  const reader = { clientId: caller.client.id, proof: caller.proof };
  const answer = await context.engine.feed.follow(reader, position, parameters.nonce);
  if (answer.kind === 'refused') return problem(answer.code);
  return { status: 200, headers: HEADERS, body: '', stream: answer.stream };
};
