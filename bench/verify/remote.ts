import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createVerifier, type Verifier } from '../../packages/watchword/src/facade/verifier.ts';
import { inTurns, type Contestant } from '../benchmark.ts';
import { AUDIENCE, ISSUER, type Issued } from './tokens.ts';

/** The same tokens by a verifier with keys by hand and by one that has fetched them, neither of which remembers a token. */
export async function remoteAndByHand(
  issued: Issued,
  options: { readonly rounds: number; readonly count: number },
) {
  const keys = { keys: [issued.key.publicJwk ?? {}] };
  const server = createServer((_request, response) => response.end(JSON.stringify(keys)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const common = { issuer: ISSUER, audience: AUDIENCE, tokenCacheSize: 0 };
  const remote = createVerifier({ ...common, jwksUri: `http://127.0.0.1:${port}/` });
  try {
    await remote.ready();
    const byHand = createVerifier({ ...common, keys });
    return await inTurns({ remote: judging(remote, issued), byHand: judging(byHand, issued) }, options);
  } finally {
    await remote.close();
    server.closeAllConnections();
    server.close();
  }
}

function judging(verifier: Verifier, { tokens }: Issued): Contestant {
  return (count) => {
    for (let done = 0; done < count; done += 1) verifier.verify(tokens[done % tokens.length] ?? '');
  };
}
