import { Agent, request, type ClientRequest, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { Stop } from '../stop.ts';
import type { AdminAnswer, AdminApi, AdminMethod } from './admin-api.ts';

/** Nobody listens there: what told of the server is out of date. */
export class NobodyThere extends Error {
  override readonly name = 'NobodyThere';
}

const PATIENCE_MS = 30_000;

/** The admin API of a running server. */
export function createHttpAdminApi(address: URL, token: string): AdminApi {
  return {
    async request(method, path, body) {
      const outgoing = openRequest(address, token, { method, path });
      outgoing.setTimeout(PATIENCE_MS, () => outgoing.destroy(new Error('no answer within 30 s')));
      if (body !== undefined) outgoing.setHeader('content-type', 'application/json');
      outgoing.end(body === undefined ? undefined : JSON.stringify(body));
      const incoming = await responseTo(outgoing);
      return { status: incoming.statusCode ?? 0, body: await readBody(incoming, address) };
    },
  };
}

export interface OpenRequest {
  readonly method: AdminMethod;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Not ended yet. With an agent of its own: no proxy of the environment may come between, it would see the credential. */
export function openRequest(
  address: URL,
  token: string,
  { method, path, headers = {} }: OpenRequest,
): ClientRequest {
  return request(new URL(path, address), {
    method,
    agent: new Agent(),
    headers: { accept: 'application/json', ...headers, authorization: `Bearer ${token}` },
  });
}

export async function responseTo(outgoing: ClientRequest): Promise<IncomingMessage> {
  try {
    return await new Promise<IncomingMessage>((resolve, reject) => {
      outgoing.once('response', resolve);
      outgoing.once('error', reject);
    });
  } catch (error) {
    if (isNobodyThere(error)) throw new NobodyThere('nobody listens there', { cause: error });
    const reason = error instanceof Error ? error.message : String(error);
    throw new Stop(2, `The server did not answer: ${reason}.`);
  }
}

export async function readBody(incoming: IncomingMessage, address: URL): Promise<AdminAnswer['body']> {
  const body = await text(incoming).catch(() => {
    throw new Stop(2, 'The server broke its answer off.');
  });
  if (body === '') return undefined;
  try {
    return JSON.parse(body) as unknown;
  } catch {
    throw new Stop(2, `What answers at ${address.origin} is no Watchword server: its answer is not JSON.`);
  }
}

/** `localhost` has two addresses, and then the refusals come in one error. */
function isNobodyThere(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(isNobodyThere);
  return error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED';
}
