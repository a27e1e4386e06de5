import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { addSubjectsRevoke } from './subjects-revoke.ts';
import { addSubjectsShow } from './subjects-show.ts';

export function addSubjectsCommand(program: Command, context: CommandContext): void {
  const subjects = program.command('subjects').description('See a user’s sessions, and end them all.');
  subjects.addHelpText(
    'after',
    `
A subject is the user's name in your application: the "sub" of tokens.

Examples:
  $ watchword subjects show ada
  $ watchword subjects revoke ada`,
  );
  addSubjectsShow(subjects, context);
  addSubjectsRevoke(subjects, context);
}
