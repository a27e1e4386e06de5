import { STATUS_CODES, type IncomingMessage } from 'node:http';
import {
  fromConnect,
  noBody,
  type Installation,
  type NeutralResponse,
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
 *     server.on('upgrade', (request, socket, head) => {
 *       const upgrade = authorizeUpgrade(auth, request);
 *       if (upgrade === undefined) return;
 *       …
 *     });
 */
export function authorizeUpgrade(
  auth: Installation,
  request: IncomingMessage,
  options?: VerifyOptions,
): AuthorizedUpgrade | undefined {
  const judge = auth.http.handshakeGuard('authorizeUpgrade', options);
  const neutral = fromConnect(request, noBody);
  const authorization = judge(neutral);
  if (authorization.kind === 'refused') {
    refuseUpgrade(request, authorization.response);
    return undefined;
  }
  return { token: authorization.token, isStillGood: () => judge(neutral).kind === 'authorized' };
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
