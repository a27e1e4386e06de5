import type { Command } from 'commander';
import { ask } from '../admin-api/admin-api.ts';
import { withAdminApi } from '../admin-api/open-admin-api.ts';
import type { CommandContext } from '../command-context.ts';
import { DATA_OPTION, JSON_LINES_OPTION, type DataOptions } from '../data-folder.ts';
import { formatTable } from '../output/format-table.ts';
import { hint } from '../output/hint.ts';
import { jsonLine } from '../output/show-value.ts';
import { print } from '../terminal.ts';
import { CLIENT_COLUMNS, type AdminClient } from './admin-client.ts';

export function addClientsList(clients: Command, context: CommandContext): void {
  const { terminal } = context;
  const command = clients.command('list');
  command
    .description('List the registered clients, never their secrets.')
    .option(...DATA_OPTION)
    .option(...JSON_LINES_OPTION)
    .addHelpText('after', EPILOGUE)
    .action(async (options: DataOptions) => {
      await withAdminApi(command, context, options, async (api) => {
        const answer = await ask<{ clients: readonly AdminClient[] }>(api, 'GET', '/admin/v1/clients');
        const found = answer.clients;
        if (options.json === true) await print(terminal.stdout, found.map(jsonLine).join(''));
        else if (found.length > 0) await print(terminal.stdout, formatTable(CLIENT_COLUMNS, found, terminal));
        if (found.length === 0) await hint(terminal, 'No client is registered.');
      });
    });
}

const EPILOGUE = `
Examples:
  $ watchword clients list
  $ watchword clients list --json`;
