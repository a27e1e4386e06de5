import type { IncomingMessage, ServerResponse } from 'node:http';
import { fromConnect, pathOfConnect, sendConnectStream, type HttpFace } from '../../http/index.ts';
import { readBody } from './read-body.ts';

export { authOf } from './auth-of.ts';
export { authorizeUpgrade, type AuthorizedUpgrade } from './authorize-upgrade.ts';
export { signIn } from './sign-in.ts';

/** What a handler needs of `createWatchword`'s result. */
export interface HasHttpFace {
  readonly http: HttpFace;
}

/**
 * Answers a request of Node's own `http` server if its path is Watchword's; says whether it did.
 *
 *     createServer(async (req, res) => {
 *       if (await handleRequest(auth, req, res)) return;
 *       …
 *     });
 */
export function handleRequest(
  auth: HasHttpFace,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  return auth.http.handles(pathOfConnect(request)) ? answer(auth, request, response) : NOT_OURS;
}

/** The same for all of the application's own requests, which are not to wait for the making of one. */
const NOT_OURS = Promise.resolve(false);

async function answer(
  { http }: HasHttpFace,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<true> {
  const neutral = fromConnect(request, (limitBytes) => readBody(request, limitBytes));
  sendConnectStream(await http.handle(neutral), response);
  return true;
}
