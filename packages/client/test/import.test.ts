import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { createClient } from '@watchword/client';
import { useSession } from '@watchword/client/react';
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';

test('on the server nothing happens, and the process ends by itself', async () => {
  const script = `
    import { createClient } from '@watchword/client';
    const client = createClient({ baseUrl: 'https://api.example' });
    client.subscribe(() => { throw new Error('nothing changes here'); });
    await client.start();
    const response = await client.fetch('data:text/plain,other');
    console.log(client.state, client.session, await response.text());
    client.close();`;
  const args = ['--conditions=watchword-source', '--input-type=module', '--eval', script];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: new URL('.', import.meta.url),
    timeout: 20_000,
  });
  assert.equal(stdout, 'unknown undefined other\n');
});

test('a component that is rendered on the server knows nobody', () => {
  const client = createClient();
  const Greeting = () => createElement('p', null, useSession(client).state);
  assert.equal(renderToString(createElement(Greeting)), '<p>unknown</p>');
});
