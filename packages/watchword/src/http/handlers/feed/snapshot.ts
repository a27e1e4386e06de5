import { requireRole } from '../../client-authentication.ts';
import type { Handler } from '../../handler.ts';
import { problem } from '../../problem.ts';
import { readNonce } from './nonce.ts';

/** `GET /feed/snapshot`: all that is revoked and still matters. */
export const feedSnapshot: Handler = async (request, context) => {
  const caller = await requireRole('verifier', request, new Map(), context);
  if (caller.kind === 'refused') return caller.response;
  const parameters = readNonce(request);
  if (parameters.kind === 'refused') return parameters.response;
  const reader = { clientId: caller.client.id, proof: caller.proof };
  const answer = context.engine.feed.snapshot(reader, parameters.nonce);
  if (answer.kind === 'refused') return problem(answer.code);
  return {
    status: 200,
    headers: [['content-type', 'application/vnd.watchword.feed-snapshot']],
    body: '',
    stream: answer.stream,
  };
};
