import { Option, type Command } from 'commander';
import { ask } from '../admin-api/admin-api.ts';
import { withAdminApi } from '../admin-api/open-admin-api.ts';
import type { CommandContext } from '../command-context.ts';
import { DATA_OPTION, JSON_OPTION, type DataOptions } from '../data-folder.ts';
import type { ClientWithSecret } from './admin-client.ts';
import { deliverClientSecret, OUT_OPTION, type SecretOptions } from './deliver-client-secret.ts';

const ROLES = ['service', 'introspect', 'verifier'];

export function addClientsCreate(clients: Command, context: CommandContext): void {
  const command = clients.command('create');
  command
    .description('Register a client. Its secret is told this once.')
    .option('--id <id>', 'letters, digits and ._- ; one is made up if not said')
    .option('--name <name>', 'for people')
    .addOption(new Option('--role <role...>', 'what it may do').choices(ROLES))
    .option(...OUT_OPTION)
    .option(...DATA_OPTION)
    .option(...JSON_OPTION)
    .addHelpText('after', EPILOGUE)
    .action(async (options: CreateOptions) => {
      const { id, name, role } = options;
      const body = {
        ...(id === undefined ? {} : { id }),
        ...(name === undefined ? {} : { name }),
        ...(role === undefined ? {} : { roles: role }),
      };
      await withAdminApi(command, context, options, (api) =>
        deliverClientSecret(context.terminal, options, () =>
          ask<ClientWithSecret>(api, 'POST', '/admin/v1/clients', body),
        ),
      );
    });
}

interface CreateOptions extends DataOptions, SecretOptions {
  readonly id?: string;
  readonly name?: string;
  readonly role?: readonly string[];
}

const EPILOGUE = `
The secret stands alone on standard output, and everything else on standard
error. Roles: service gets tokens of its own, introspect may ask whether a
token is good, verifier may follow what is revoked.

Examples:
  $ watchword clients create --id api --name "The API" --role introspect
  $ watchword clients create --id api --role introspect --out api.secret
  $ API_SECRET=$(watchword clients create --id api --role introspect)`;
