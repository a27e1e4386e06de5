import type { Command } from 'commander';
import { ask, type AdminApi } from '../admin-api/admin-api.ts';
import { withAdminApi } from '../admin-api/open-admin-api.ts';
import type { CommandContext } from '../command-context.ts';
import { DATA_OPTION, JSON_OPTION, type DataOptions } from '../data-folder.ts';
import { formatFacts } from '../output/format-facts.ts';
import { jsonLine } from '../output/show-value.ts';
import { print } from '../terminal.ts';

export function addSubjectsShow(subjects: Command, context: CommandContext): void {
  const { terminal } = context;
  const command = subjects.command('show').argument('<subject>', 'the user');
  command
    .description('Show how many live sessions a subject has.')
    .option(...DATA_OPTION)
    .option(...JSON_OPTION)
    .addHelpText('after', EPILOGUE)
    .action(async (name: string, options: DataOptions) => {
      await withAdminApi(command, context, options, async (api) => {
        const subject = await showSubject(api, name);
        const facts = [
          ['subject', subject.subject],
          ['live sessions', subject.live_sessions],
        ] as const;
        await print(
          terminal.stdout,
          options.json === true ? jsonLine(subject) : formatFacts(facts, terminal),
        );
      });
    });
}

const EPILOGUE = `
Which sessions these are: watchword sessions list --subject <subject>

Examples:
  $ watchword subjects show ada
  $ watchword subjects show ada --json | jq .live_sessions`;

export interface Subject {
  readonly subject: string;
  readonly live_sessions: number;
}

export function showSubject(api: AdminApi, subject: string): Promise<Subject> {
  return ask<Subject>(api, 'GET', `/admin/v1/subjects/${encodeURIComponent(subject)}`);
}
