import { createInterface } from 'node:readline/promises';
import { Stop } from './stop.ts';
import { print, showControls, type Terminal } from './terminal.ts';

export interface Question {
  /** What will happen, and what of it cannot be undone. */
  readonly about: string;
  /** What has to be typed: the number or the name that is at stake, so that it was read. */
  readonly expected: string;
  readonly yes: boolean | undefined;
}

/** Comes back where somebody at a terminal typed what was asked for, or where `--yes` was given. */
export async function confirm(
  { stdin, stderr }: Terminal,
  { about, expected, yes }: Question,
): Promise<void> {
  if (yes === true) return;
  if (stdin.isTTY !== true || stderr.isTTY !== true) {
    throw new Stop(2, `${about}\nThere is no terminal to ask at: say --yes if that is what you want.`);
  }
  await print(stderr, `${showControls(about)}\nType ${showControls(expected)} to go on: `);
  const lines = createInterface({ input: stdin, terminal: false });
  try {
    const answer = await firstLine(lines);
    if (answer === undefined) await print(stderr, '\n');
    if (answer?.trim() !== expected) throw new Stop(2, 'Nothing was done.');
  } finally {
    lines.close();
  }
}

/** `undefined` where the input ends without one (Ctrl-D). */
async function firstLine(lines: AsyncIterable<string>): Promise<string | undefined> {
  for await (const line of lines) return line;
  return undefined;
}
