import type { Command } from 'commander';
import { ask } from '../admin-api/admin-api.ts';
import { withAdminApi } from '../admin-api/open-admin-api.ts';
import type { CommandContext } from '../command-context.ts';
import { DATA_OPTION, JSON_OPTION, type DataOptions } from '../data-folder.ts';
import { jsonLine } from '../output/show-value.ts';
import { print } from '../terminal.ts';

export function addSecretsCommand(program: Command, context: CommandContext): void {
  const secrets = program.command('secrets').description('Look after the secret that seals the keys.');
  secrets.addHelpText('after', '\nExamples:\n  $ watchword secrets rewrap');
  const command = secrets.command('rewrap');
  command
    .description('Seal everything under the new secret that lies under the former one.')
    .option(...DATA_OPTION)
    .option(...JSON_OPTION)
    .addHelpText('after', EPILOGUE)
    .action(async (options: DataOptions) => {
      await withAdminApi(command, context, options, async (api) => {
        const result = await ask<{ readonly rows: number }>(api, 'POST', '/admin/v1/keys/rewrap');
        const text = options.json === true ? jsonLine(result) : describe(result.rows);
        await print(context.terminal.stdout, text);
      });
    });
}

function describe(rows: number): string {
  if (rows === 0) return 'Nothing lies under a former secret.\n';
  return `Sealed ${rows} ${rows === 1 ? 'key' : 'keys'} anew. WATCHWORD_FORMER_SECRET can go.\n`;
}

const EPILOGUE = `
Give the new secret as WATCHWORD_SECRET and the one before it as
WATCHWORD_FORMER_SECRET, or either in a file that WATCHWORD_SECRET_FILE and
WATCHWORD_FORMER_SECRET_FILE name. A server does this by itself within a minute.

Examples:
  $ watchword secrets rewrap
  $ watchword secrets rewrap --json`;
