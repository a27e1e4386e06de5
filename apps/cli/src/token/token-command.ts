import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { addTokenDecode } from './token-decode.ts';
import { addTokenLint } from './token-lint.ts';
import { addTokenVerify } from './token-verify.ts';

export function addTokenCommand(program: Command, context: CommandContext): void {
  const token = program
    .command('token')
    .description('Look into a token, verify it, find what is wrong with it.');
  token.addHelpText(
    'after',
    `
A token is read from standard input or a file, never from an argument: a list
of processes shows arguments to everybody on the machine.

Examples:
  $ watchword token decode < token.txt
  $ watchword token verify --file token.txt
  $ watchword token lint --file token.txt`,
  );
  addTokenDecode(token, context);
  addTokenVerify(token, context);
  addTokenLint(token, context);
}
