import type { Command } from 'commander';
import { ask } from '../admin-api/admin-api.ts';
import { withAdminApi } from '../admin-api/open-admin-api.ts';
import type { CommandContext } from '../command-context.ts';
import { confirm } from '../confirm.ts';
import { DATA_OPTION, JSON_OPTION, type DataOptions } from '../data-folder.ts';
import { jsonLine, showValue } from '../output/show-value.ts';
import { print } from '../terminal.ts';
import { clientPath, type AdminClient } from './admin-client.ts';

export function addClientsDelete(clients: Command, context: CommandContext): void {
  const { terminal } = context;
  const command = clients.command('delete').argument('<id>', 'the client');
  command
    .description('Delete a client: its secret and its refresh tokens are good for nothing from then on.')
    .option('--yes', 'do not ask')
    .option(...DATA_OPTION)
    .option(...JSON_OPTION)
    .addHelpText('after', EPILOGUE)
    .action(async (id: string, options: DataOptions & { readonly yes?: boolean }) => {
      await withAdminApi(command, context, options, async (api) => {
        const client = await ask<AdminClient>(api, 'GET', clientPath(id));
        const named = client.name === '' ? showValue(id) : `${showValue(id)} (${showValue(client.name)})`;
        const about =
          `This deletes the client ${named}. It cannot be undone: its refresh tokens die with it, ` +
          'and the id is never given again.';
        await confirm(terminal, { about, expected: id, yes: options.yes });
        await ask(api, 'DELETE', clientPath(id));
        const text = `Deleted ${showValue(id)}.\n`;
        await print(terminal.stdout, options.json === true ? jsonLine({ id, deleted: true }) : text);
      });
    });
}

const EPILOGUE = `
It wants the id typed again; without a terminal it wants --yes.

Examples:
  $ watchword clients delete api
  $ watchword clients delete api --yes`;
