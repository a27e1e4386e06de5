import assert from 'node:assert/strict';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { test } from 'node:test';
import { pauseOf } from '../../src/engine/remote-feed/feed-requests.ts';
import { checkpointEvent, nonceIn, startScriptedIssuer } from './scripted-issuer.ts';
import { follow, until } from './verifying.ts';

const FLOODS = {
  'empty lines': () => '\n'.repeat(65_536),
  comments: () => ':\n'.repeat(32_768),
  'events of no kind': () => 'data: x\n\n'.repeat(8000),
  'the same checkpoint': (checkpoint: string) => checkpoint.repeat(100),
};

for (const [what, flood] of Object.entries(FLOODS)) {
  test(`${what} without end between good checkpoints: given up, and taken up again`, async (t) => {
    const issuer = await startScriptedIssuer(t);
    issuer.instead.set('/feed', (request, response) => {
      issuer.openStream(response);
      response.write(checkpointEvent(issuer.checkpoint(nonceIn(request))));
      pour(response, flood(checkpointEvent(issuer.checkpoint())));
    });
    const { feed, codeOf } = follow(t, issuer);
    await until(() => feed().lastFault?.problem === 'too_large');
    issuer.instead.clear();
    await until(() => codeOf(issuer.token()) === 'ada');
  });
}

test('an answer that switches protocols is a failure like another', async (t) => {
  const issuer = await startScriptedIssuer(t);
  issuer.instead.set('/feed', ({ socket }: IncomingMessage) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n');
  });
  const { feed, verifier } = follow(t, issuer);
  await until(() => feed().lastFault?.problem === 'unreachable', 2000);
  issuer.instead.clear();
  await verifier.ready();
});

/** Writes as much as is read. */
function pour(response: ServerResponse, text: string): void {
  if (response.destroyed) return;
  while (response.write(text)) if (response.destroyed) return;
  response.once('drain', () => pour(response, text));
}

test('nobody is left alone for longer than the issuer itself would need', () => {
  const head = (seconds: string) => ({ status: 503, header: () => seconds });
  assert.equal(pauseOf(head('2')), 2000);
  assert.equal(pauseOf(head('99999')), 5000);
});
