import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { TestContext } from 'node:test';
import { run, type ExitCode } from '../src/main.ts';
import type { ProgramParts } from '../src/program.ts';

export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: ExitCode;
}

export interface Situation {
  /** Whether somebody looks: neither stream is a terminal by default. */
  readonly terminal?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
  /** What is typed, or piped in. */
  readonly input?: string;
  readonly parts?: ProgramParts;
}

/** Runs `watchword` with these arguments, in this process. */
export async function watchword(args: readonly string[], situation: Situation = {}): Promise<Outcome> {
  const { terminal = false, environment = {}, input = '', parts } = situation;
  const written = { stdout: '', stderr: '' };
  const output = (name: keyof typeof written) => ({
    isTTY: terminal,
    write: (text: string, done?: (error?: Error | null) => void) => {
      written[name] += text;
      done?.();
    },
  });
  const stdin = Object.assign(Readable.from(input === '' ? [] : [input]), { isTTY: terminal });
  const streams = { stdout: output('stdout'), stderr: output('stderr'), stdin, environment };
  const exitCode = await run(['node', 'watchword', ...args], streams, parts);
  return { ...written, exitCode };
}

/**
 * Plays a transcript and compares. A line that begins with `$ ` is run; below it stand the lines of standard output,
 * those of standard error after `! `, and `→ 2` where the exit code is not 0. `‹64 hex›` and `‹43 base64url›` stand for
 * that many characters, `‹base64url›` and `‹…›` for some; `FOLDER` is an empty folder.
 */
export async function play(t: TestContext, transcript: string, situation: Situation = {}): Promise<void> {
  const folder = await temporaryFolder(t);
  const steps = transcript
    .trim()
    .split(/^\$ watchword ?/m)
    .slice(1);
  assert.ok(steps.length > 0, 'the transcript runs nothing');
  for (const step of steps) {
    const [command = '', ...expected] = step.replace(/\n+$/, '').replaceAll('FOLDER', folder).split('\n');
    const { stdout, stderr, exitCode } = await watchword(command.split(' ').filter(Boolean), situation);
    const lines = [...linesOf(stdout), ...linesOf(stderr).map((line) => `! ${line}`.trimEnd())];
    if (exitCode !== 0) lines.push(`→ ${exitCode}`);
    const pattern = expected.map((line) => patternOf(line)).join('\n');
    if (new RegExp(`^${pattern}$`).test(lines.join('\n'))) continue;
    assert.equal(lines.join('\n'), expected.join('\n'), `$ watchword ${command}`);
  }
}

export async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'watchword-cli-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

function patternOf(line: string): string {
  return line
    .replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll(/‹(\d+) hex›/g, '[0-9a-f]{$1}')
    .replaceAll(/‹(\d+) base64url›/g, '[A-Za-z0-9_-]{$1}')
    .replaceAll('‹base64url›', '[A-Za-z0-9_-]+')
    .replaceAll('‹…›', '.+');
}
