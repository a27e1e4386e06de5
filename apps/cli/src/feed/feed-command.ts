import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { addFeedStatus } from './feed-status.ts';

export function addFeedCommand(program: Command, context: CommandContext): void {
  const feed = program.command('feed').description('See which verifiers know what was revoked.');
  feed.addHelpText('after', '\nExamples:\n  $ watchword feed status\n  $ watchword feed status --watch');
  addFeedStatus(feed, context);
}
