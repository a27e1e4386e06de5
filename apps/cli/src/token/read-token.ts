import { readFile } from 'node:fs/promises';
import { hint } from '../output/hint.ts';
import { Stop } from '../stop.ts';
import type { Terminal } from '../terminal.ts';

export const FILE_OPTION = ['-f, --file <file>', 'the file that has the token (standard input)'] as const;

const MOST_CHARACTERS = 1_048_576;

/** The token of a file or of standard input, without what surrounds it where it was copied from. */
export async function readToken(terminal: Terminal, file: string | undefined): Promise<string> {
  const text = file === undefined || file === '-' ? await readInput(terminal) : await readText(file);
  const token = text.trim().replace(/^(?:authorization:\s*)?bearer\s+/i, '');
  if (token === '')
    throw new Stop(2, 'There is no token to read. Give it on standard input, or with --file.');
  if (token.startsWith('wwr_')) {
    throw new Stop(2, 'That is a refresh token of Watchword: it says nothing to anybody but its server.');
  }
  if (token.startsWith('wws_')) {
    throw new Stop(2, 'That is an opaque session of Watchword: it says nothing to anybody but its server.');
  }
  return token;
}

export async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Stop(2, `The file ${file} cannot be read: ${reason}`);
  }
}

async function readInput(terminal: Terminal): Promise<string> {
  const { stdin } = terminal;
  if (stdin.isTTY === true) await hint(terminal, 'Paste the token, then press Enter and Ctrl-D.');
  let text = '';
  for await (const chunk of stdin) {
    text += String(chunk);
    if (text.length > MOST_CHARACTERS) throw new Stop(2, 'Standard input is too long for a token.');
  }
  return text;
}
