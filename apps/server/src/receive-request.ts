import type { IncomingMessage, ServerResponse } from 'node:http';
import { clientAddress } from './proxy/client-address.ts';
import type { Networks } from './proxy/read-networks.ts';
import { requestIdOf } from './request-id.ts';

/** A request of which it is known where it came from. */
export interface ReceivedRequest extends IncomingMessage {
  requestId: string;
  /** Whether the machine that sent it is a proxy whose word is taken. */
  isFromProxy: boolean;
  /** The client's address; the library and the log look here first. */
  ip: string | undefined;
}

/** Finds out who sends a request, as far as trusted proxies say it, and gives it the id that its answer carries. */
export function receiveRequest(
  request: IncomingMessage,
  response: ServerResponse,
  proxies: Networks,
): ReceivedRequest {
  const peer = request.socket.remoteAddress;
  const isFromProxy = !proxies.isEmpty && peer !== undefined && proxies.includes(peer);
  const received = request as ReceivedRequest;
  received.isFromProxy = isFromProxy;
  received.ip = isFromProxy ? clientAddress(peer, textOf(request, 'x-forwarded-for'), proxies) : peer;
  received.requestId = requestIdOf(isFromProxy ? textOf(request, 'x-request-id') : undefined);
  response.setHeader('x-request-id', received.requestId);
  return received;
}

/** A header of which Node joins several lines with commas, in their order. */
export function textOf({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}
