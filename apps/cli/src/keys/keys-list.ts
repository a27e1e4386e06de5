import type { Command } from 'commander';
import { ask } from '../admin-api/admin-api.ts';
import { withAdminApi } from '../admin-api/open-admin-api.ts';
import type { CommandContext } from '../command-context.ts';
import { DATA_OPTION, JSON_LINES_OPTION, type DataOptions } from '../data-folder.ts';
import { formatTable } from '../output/format-table.ts';
import { jsonLine } from '../output/show-value.ts';
import { print } from '../terminal.ts';
import { KEY_COLUMNS, type AdminKey } from './admin-key.ts';

export function addKeysList(keys: Command, context: CommandContext): void {
  const { terminal } = context;
  const command = keys.command('list');
  command
    .description('List the signing keys, never their material.')
    .option(...DATA_OPTION)
    .option(...JSON_LINES_OPTION)
    .addHelpText('after', EPILOGUE)
    .action(async (options: DataOptions) => {
      await withAdminApi(command, context, options, async (api) => {
        const { keys: found } = await ask<{ keys: readonly AdminKey[] }>(api, 'GET', '/admin/v1/keys');
        await print(
          terminal.stdout,
          options.json === true ? found.map(jsonLine).join('') : formatTable(KEY_COLUMNS, found, terminal),
        );
      });
    });
}

const EPILOGUE = `
announced: published, signs soon. signing: signs now. retiring: still verifies
what it signed. retired: verifies nothing. compromised: was killed.

Examples:
  $ watchword keys list
  $ watchword keys list --json`;
