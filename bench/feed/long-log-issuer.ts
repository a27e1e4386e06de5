// An issuer with as many live revocations as its argument says, in a process of its own.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createWatchword } from 'watchword';
import { handleRequest } from 'watchword/node';
import { longLog } from './long-log.ts';

const TOKENS = 4096;
const entries = Number(process.argv[2]);

const server = createServer((request, response) => void handleRequest(auth, request, response));
const port = await new Promise<number>((resolve) => {
  server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
});
const issuer = `http://127.0.0.1:${port}`;
const begun = performance.now();
const auth = await createWatchword({
  issuer,
  store: longLog(entries),
  clients: true,
  algorithm: 'EdDSA',
  environment: 'development',
});
const startedMs = performance.now() - begun;
const { secret } = await auth.clients.create({ id: 'service', roles: ['verifier'] });
const tokens: string[] = [];
for (let user = 0; user < TOKENS; user += 1) {
  tokens.push((await auth.sessions.start({ subject: `user-${user}` })).accessToken);
}
process.once('disconnect', () => process.exit(1));
process.send?.({ issuer, secret, tokens, startedMs });
