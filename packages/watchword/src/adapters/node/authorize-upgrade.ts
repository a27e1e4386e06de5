import { STATUS_CODES, type IncomingMessage } from 'node:http';
import {
  fromConnect,
  noBody,
  type Authorization,
  type Installation,
  type NeutralResponse,
  type Soon,
  type VerifiedToken,
  type VerifyOptions,
} from '../../http/index.ts';

/** Who a WebSocket speaks for. */
export interface AuthorizedUpgrade {
  readonly token: VerifiedToken;
  /**
   * Whether the credential of the handshake would still open the socket: not after its expiry, nor once it or its session is revoked.
   * Sync, no I/O.
   */
  isStillGood(): boolean;
}

/**
 * Judges the handshake of a WebSocket by its cookie or bearer token, in the `upgrade` event of a server of Node's. A cookie counts only from
 * the application's own pages and the listed origins: no other rule of browsers keeps other sites from opening a socket with it. Whoever is
 * refused has been answered when this gives `undefined`.
 *
 *     server.on('upgrade', async (request, socket, head) => {
 *       const upgrade = await authorizeUpgrade(auth, request);
 *       if (upgrade === undefined) return;
 *       …
 *     });
 */
export async function authorizeUpgrade(
  auth: Installation,
  request: IncomingMessage,
  options?: VerifyOptions,
): Promise<AuthorizedUpgrade | undefined> {
  const judge = auth.http.handshakeGuard('authorizeUpgrade', options);
  const neutral = fromConnect(request, noBody);
  const authorization = await whileOpen(request, judge(neutral));
  if (authorization.kind === 'refused') {
    refuseUpgrade(request, authorization.response);
    return undefined;
  }
  return { token: authorization.token, isStillGood: createJudgement(() => judge(neutral)) };
}

/** Nobody listens to the socket while its credential is looked up: an error of it would end the process. */
async function whileOpen({ socket }: IncomingMessage, judged: Soon<Authorization>): Promise<Authorization> {
  if (!(judged instanceof Promise)) return judged;
  const ignore = (): void => undefined;
  socket.on('error', ignore);
  try {
    return await judged;
  } finally {
    socket.off('error', ignore);
  }
}

/** Where the answer has to be looked up, the last one holds until then. */
function createJudgement(judge: () => Soon<Authorization>): () => boolean {
  let isGood = true;
  let isLooking = false;
  const note = ({ kind }: Authorization): void => {
    isGood = kind === 'authorized';
  };
  return () => {
    if (isLooking) return isGood;
    const judged = judge();
    if (!(judged instanceof Promise)) note(judged);
    else {
      isLooking = true;
      void judged.then(note).finally(() => {
        isLooking = false;
      });
    }
    return isGood;
  };
}

/** Node has no response for it: the answer is written as it goes over the wire (RFC 6455 §4.2.2). */
function refuseUpgrade({ socket }: IncomingMessage, { status, headers, body }: NeutralResponse): void {
  // Nobody listens to the socket any more, and who is gone is gone.
  socket.on('error', () => socket.destroy());
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
