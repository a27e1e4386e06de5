import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { signJws, type Jwk } from '../../src/facade/jws.ts';
import { generateKeyPairSync } from 'node:crypto';

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** An issuer that can be told to misbehave. It counts what it is asked. */
export interface IssuerServer {
  readonly url: string;
  /** The paths that were asked for, in order. */
  readonly asked: string[];
  /** What answers at the JWKS; replaced by tests. */
  answer: Answer;
  /** Answers everything but the JWKS; 404 by default, as an embedded Watchword does. */
  metadata: Answer;
  stop(): Promise<void>;
}

export async function startIssuer(t: TestContext, answer: Answer): Promise<IssuerServer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    if (path === '/.well-known/jwks.json') issuer.answer(request, response);
    else issuer.metadata(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const stop = async (): Promise<void> => {
    if (!server.listening) return;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  t.after(stop);
  const issuer: IssuerServer = {
    url: `http://127.0.0.1:${port}`,
    asked,
    answer,
    metadata: (_request, response) => response.writeHead(404).end(),
    stop,
  };
  return issuer;
}

export function json(value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
  };
}

/** A key of the issuer's, and tokens signed with it. */
export interface IssuerKey {
  readonly publicJwk: Jwk;
  token(issuer: string, claims?: object): string;
}

const AUDIENCE = 'https://api.example';
/** A `jti` and a `sid` of ours: any will do. */
const TOKEN_ID = 'AAAAAAAAAAAAAAAAAAAAAA';
const SESSION_ID = '01890000-0000-7000-8000-000000000000';

export function createKey(kid: string): IssuerKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const named = { kid, alg: 'ES256' };
  const privateJwk: Jwk = { ...(privateKey.export({ format: 'jwk' }) as Jwk), ...named };
  return {
    publicJwk: { ...(publicKey.export({ format: 'jwk' }) as Jwk), ...named },
    token(issuer, claims = {}) {
      const nowSeconds = Math.floor(Date.now() / 1000);
      const payload = {
        iss: issuer,
        sub: 'ada',
        aud: AUDIENCE,
        iat: nowSeconds,
        exp: nowSeconds + 600,
        jti: TOKEN_ID,
        sid: SESSION_ID,
        client_id: 'app',
        ww_gen: 1,
        ...claims,
      };
      return signJws(JSON.stringify(payload), privateJwk, { header: { typ: 'at+jwt' } });
    },
  };
}
