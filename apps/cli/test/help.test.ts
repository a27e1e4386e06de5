import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Command } from 'commander';
import { createProgram } from '../src/program.ts';
import { watchword } from './run-watchword.ts';

const SILENT = { isTTY: false, write: () => true };
const program = createProgram({ stdout: SILENT, stderr: SILENT, stdin: process.stdin, environment: {} });

interface Place {
  readonly command: Command;
  readonly words: readonly string[];
}

function everyCommand(command: Command, words: readonly string[] = []): readonly Place[] {
  return [
    { command, words },
    ...command.commands.flatMap((each) => everyCommand(each, [...words, each.name()])),
  ];
}

for (const { command, words } of everyCommand(program)) {
  describe(`watchword ${words.join(' ')}`.trimEnd(), () => {
    test('has help of at most 80 columns, with what it does and examples', async () => {
      const { stdout, stderr, exitCode } = await watchword([...words, '--help']);
      assert.deepEqual([stderr, exitCode], ['', 0]);
      for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line);
      assert.match(command.description(), /^[A-Z].*\.$/s);
      assert.match(stdout, /^Examples:\n {2}\$ /m);
    });

    test('its examples name commands and options that there are', () => {
      const examples = examplesOf(command);
      assert.ok(examples.length > 0);
      for (const example of examples) assertRuns(example);
    });
  });
}

/** What the examples say after `watchword`, each up to what the shell takes for itself. */
function examplesOf(command: Command): readonly string[] {
  let help = '';
  command.configureOutput({ writeOut: (text) => (help += text) });
  command.outputHelp();
  const lines = help.replaceAll(/\\\n\s+/g, '').split('\n');
  return lines
    .filter((line) => line.startsWith('  $ '))
    .flatMap((line) => line.split(/(?<![/\w])watchword /).slice(1))
    .map((text) => text.split(/ {2,}|[|)<>]| \|\| |"?\)/)[0]?.trim() ?? '');
}

function assertRuns(example: string): void {
  const words = example.split(' ').filter(Boolean);
  let command = program;
  while (words.length > 0) {
    const next = command.commands.find((each) => each.name() === words[0]);
    if (next === undefined) break;
    command = next;
    words.shift();
  }
  assert.notEqual(command, program, `no such command: ${example}`);
  for (const flag of words.filter((word) => /^--?[a-z]/.test(word))) {
    const known = command.options.some((option) => option.long === flag || option.short === flag);
    assert.ok(known, `${flag} is no option of ${example}`);
  }
  const wanted = command.registeredArguments.filter(({ required }) => required).length;
  const given = words.filter((word) => !word.startsWith('-')).length;
  // Values of options count too, so that this is what is missing at least; xargs brings its own.
  if (example !== 'sessions revoke') assert.ok(given >= wanted, example);
}

test('a group without a command prints its help to standard error', async () => {
  for (const group of ['sessions', 'subjects', 'keys', 'clients', 'feed', 'events', 'token', 'store']) {
    const { stdout, stderr, exitCode } = await watchword([group]);
    assert.deepEqual([stdout, exitCode], ['', 2], group);
    assert.match(stderr, new RegExp(`^Usage: watchword ${group} \\[options\\] \\[command\\]\n`));
  }
});
