import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, test, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { parseEventStream } from '../../src/events/parse-event-stream.ts';
import { watchword } from '../run-watchword.ts';
import { bareEnvironment, newInstallation, serve, signUp, WATCHWORD_ARGS } from '../server-process.ts';

const PATIENCE_MS = 20_000;

/** `watchword events tail` in a process of its own, until the test ends. */
function startTail(t: TestContext, environment: Readonly<Record<string, string>>, ...args: string[]) {
  const child = spawn(process.execPath, [...WATCHWORD_ARGS, 'events', 'tail', ...args], {
    env: { ...bareEnvironment(), ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'close');
  t.after(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += String(chunk)));
  return async (pattern: RegExp): Promise<string> => {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    while (!pattern.test(output)) {
      if (signal.aborted) throw new Error(`${pattern} is not in ${output}`);
      await pause(10);
    }
    return output;
  };
}

test('a tail tells what happened before and what happens, and goes on when the server is started anew', async (t) => {
  const { url, environment } = await newInstallation(t);
  const stop = await serve(t, environment);
  await signUp(url, 'ada@example.com');
  const [text, json] = [
    startTail(t, environment, '--recent', '2'),
    startTail(
      t,
      environment,
      '--type',
      'session_started',
      '--type',
      'session_ended',
      '--json',
      '--recent',
      '1000',
    ),
  ];
  assert.match(await text(/session_started/), /^\d{4}-\d\d-\d\dT\S+Z {2}\w+ {2}/);
  const first = JSON.parse(await json(/\n/)) as Record<string, string>;
  assert.deepEqual(first['type'], 'session_started');
  assert.match(first['at'] ?? '', /Z$/);

  const bob = await signUp(url, 'bob@example.com');
  await text(new RegExp(`session_started {2}.*session_id=${bob.session}`));
  await stop();
  await serve(t, environment);
  const carol = await signUp(url, 'carol@example.com');
  const all = await json(new RegExp(`${carol.session}.*\n`));
  const events = all
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, string>);
  assert.deepEqual(new Set(events.map(({ type }) => type)), new Set(['session_started']));
  const subjects = events.map((event) => event['session_id']);
  assert.equal(new Set(subjects).size, 3, 'each once, and none is missing');
  assert.equal(subjects.length, 3);
  await text(new RegExp(carol.session));
});

describe('a tail that cannot run', () => {
  test('without a server', async (t) => {
    const { environment } = await newInstallation(t);
    await watchword(['migrate'], { environment });
    const { stdout, stderr, exitCode } = await watchword(['events', 'tail'], { environment });
    assert.deepEqual([stdout, exitCode], ['', 2]);
    assert.match(stderr, /^No server runs on .*, and events are told by a server: watchword serve\./);
  });

  test('of a type that there is not', async (t) => {
    const { environment } = await newInstallation(t);
    await serve(t, environment);
    const { stderr, exitCode } = await watchword(['events', 'tail', '--type', 'lunch'], { environment });
    assert.equal(exitCode, 2);
    assert.match(stderr, /^query\.types: .*\(ERR_BODY_INVALID\)\n$/);
  });
});

test('a stream is taken apart however it is cut', async () => {
  const text =
    ': hello\nretry: 5\n\nid: 1\nevent: a\ndata: {"x":\ndata: 1}\n\r\nid:2\r\nevent: b\r\ndata:y\r\n\r\nevent: c\n\n';
  for (let size = 1; size <= text.length; size += 1) {
    const events = [];
    for await (const event of parseEventStream(chunksOf(text, size))) events.push(event);
    assert.deepEqual(events, [
      { id: '1', type: 'a', data: '{"x":\n1}' },
      { id: '2', type: 'b', data: 'y' },
    ]);
  }
});

async function* chunksOf(text: string, size: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}
