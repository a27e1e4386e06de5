import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { addEventsTail } from './events-tail.ts';

export function addEventsCommand(program: Command, context: CommandContext): void {
  const events = program.command('events').description('Watch what happens.');
  events.addHelpText('after', '\nExamples:\n  $ watchword events tail\n  $ watchword events tail --json');
  addEventsTail(events, context);
}
