import type { Command } from 'commander';
import { ask } from '../admin-api/admin-api.ts';
import { withAdminApi } from '../admin-api/open-admin-api.ts';
import type { CommandContext } from '../command-context.ts';
import { DATA_OPTION, JSON_OPTION, type DataOptions } from '../data-folder.ts';
import { timeSpan } from '../parse-time-span.ts';
import { clientPath, type ClientWithSecret } from './admin-client.ts';
import { deliverClientSecret, OUT_OPTION, type SecretOptions } from './deliver-client-secret.ts';

export function addClientsRotate(clients: Command, context: CommandContext): void {
  const command = clients.command('rotate').argument('<id>', 'the client');
  command
    .description('Give a client a new secret. It is told this once.')
    .option(
      '--keep-former <time>',
      'how long the secret before it still works, such as 1h (to 7d)',
      timeSpan('1s', '7d'),
    )
    .option(...OUT_OPTION)
    .option(...DATA_OPTION)
    .option(...JSON_OPTION)
    .addHelpText('after', EPILOGUE)
    .action(async (id: string, options: RotateOptions) => {
      const body = { keep_former_for_seconds: options.keepFormer ?? 0 };
      await withAdminApi(command, context, options, (api) =>
        deliverClientSecret(context.terminal, options, () =>
          ask<ClientWithSecret>(api, 'POST', `${clientPath(id)}/secret`, body),
        ),
      );
    });
}

interface RotateOptions extends DataOptions, SecretOptions {
  readonly keepFormer?: number;
}

const EPILOGUE = `
Without --keep-former the secret before it is dead at once: right if it got
out. With it, the client goes on until it has the new one.

Examples:
  $ watchword clients rotate api
  $ watchword clients rotate api --keep-former 1h --out api.secret.new`;
