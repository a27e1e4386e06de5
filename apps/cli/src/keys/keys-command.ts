import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { addKeysCompromise } from './keys-compromise.ts';
import { addKeysList } from './keys-list.ts';
import { addKeysRotate } from './keys-rotate.ts';

export function addKeysCommand(program: Command, context: CommandContext): void {
  const keys = program.command('keys').description('See the signing keys, rotate them, kill one.');
  keys.addHelpText(
    'after',
    `
Examples:
  $ watchword keys list
  $ watchword keys rotate --algorithm EdDSA
  $ watchword keys compromise NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs`,
  );
  addKeysList(keys, context);
  addKeysRotate(keys, context);
  addKeysCompromise(keys, context);
}
