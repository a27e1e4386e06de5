import { CommanderError } from 'commander';
import { createProgram, type ProgramParts } from './program.ts';
import { Stop } from './stop.ts';
import { OutputError, print, showControls, type Terminal } from './terminal.ts';

/** The `watchword` command. It sets the exit code of the process and leaves ending it to Node. */
export async function main(argv: readonly string[]): Promise<void> {
  // A reader that went away also raises an event; `print` has told us already.
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});
  const exitCode = await run(argv, {
    stdout: process.stdout,
    stderr: process.stderr,
    // A getter, because merely touching it opens it.
    get stdin() {
      return process.stdin;
    },
    environment: process.env,
  });
  if (exitCode !== 0) process.exitCode = exitCode;
}

/** 0 fine, 1 found something, 2 could not run. */
export type ExitCode = 0 | 1 | 2;

/** Runs one command to its end; `argv` begins, as `process.argv` does, with two members that do not matter. */
export async function run(
  argv: readonly string[],
  terminal: Terminal,
  parts?: ProgramParts,
): Promise<ExitCode> {
  try {
    await createProgram(terminal, parts).parseAsync([...argv]);
    return 0;
  } catch (error) {
    // Commander has written its message. It says 1 for bad usage, which here means that something was found.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const exitCode = error instanceof Stop ? error.exitCode : 2;
    const sentence = explain(error);
    if (sentence !== '') await print(terminal.stderr, `${showControls(sentence)}\n`).catch(() => {});
    return exitCode;
  }
}

/** Errors of the machine are sentences; anything else is a mistake of ours, and its stack is what helps. */
function explain(error: unknown): string {
  if (error instanceof Stop) return error.message;
  if (error instanceof OutputError && error.isReaderGone) return '';
  if (error instanceof OutputError) return `error: ${error.message}`;
  if (error instanceof Error) return `Something broke that should not.\n${error.stack ?? error.message}`;
  return `Something broke that should not: ${String(error)}`;
}
