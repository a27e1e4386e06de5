import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { addSessionsList } from './sessions-list.ts';
import { addSessionsRevoke } from './sessions-revoke.ts';
import { addSessionsShow } from './sessions-show.ts';

export function addSessionsCommand(program: Command, context: CommandContext): void {
  const sessions = program.command('sessions').description('See who is signed in, and end sessions.');
  sessions.addHelpText(
    'after',
    `
Examples:
  $ watchword sessions list
  $ watchword sessions list --subject ada --json | jq -r .id
  $ watchword sessions revoke 01990a3c-5b1e-7c3a-9d2f-1f6f3a0b8c4d`,
  );
  addSessionsList(sessions, context);
  addSessionsShow(sessions, context);
  addSessionsRevoke(sessions, context);
}
