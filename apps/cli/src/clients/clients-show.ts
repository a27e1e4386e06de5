import type { Command } from 'commander';
import { ask } from '../admin-api/admin-api.ts';
import { withAdminApi } from '../admin-api/open-admin-api.ts';
import type { CommandContext } from '../command-context.ts';
import { DATA_OPTION, JSON_OPTION, type DataOptions } from '../data-folder.ts';
import { formatFacts } from '../output/format-facts.ts';
import { jsonLine } from '../output/show-value.ts';
import { print } from '../terminal.ts';
import { clientFacts, clientPath, type AdminClient } from './admin-client.ts';

export function addClientsShow(clients: Command, context: CommandContext): void {
  const { terminal } = context;
  const command = clients.command('show').argument('<id>', 'the client');
  command
    .description('Show a client, never its secret.')
    .option(...DATA_OPTION)
    .option(...JSON_OPTION)
    .addHelpText('after', EPILOGUE)
    .action(async (id: string, options: DataOptions) => {
      await withAdminApi(command, context, options, async (api) => {
        const client = await ask<AdminClient>(api, 'GET', clientPath(id));
        await print(
          terminal.stdout,
          options.json === true ? jsonLine(client) : formatFacts(clientFacts(client), terminal),
        );
      });
    });
}

const EPILOGUE = `
Exit codes: 0 it is known, 1 it is not, 2 could not run.

Examples:
  $ watchword clients show api
  $ watchword clients show api --json`;
