import { Option, type Command } from 'commander';
import { ask } from '../admin-api/admin-api.ts';
import { withAdminApi } from '../admin-api/open-admin-api.ts';
import type { CommandContext } from '../command-context.ts';
import { DATA_OPTION, JSON_OPTION, type DataOptions } from '../data-folder.ts';
import { jsonLine, showValue } from '../output/show-value.ts';
import { print } from '../terminal.ts';
import type { AdminKey } from './admin-key.ts';

const ALGORITHMS = ['ES', 'RS', 'PS', 'HS']
  .flatMap((family) => [256, 384, 512].map((bits) => `${family}${bits}`))
  .concat('EdDSA');

export function addKeysRotate(keys: Command, context: CommandContext): void {
  const { terminal } = context;
  const command = keys.command('rotate');
  command
    .description('Make a new signing key. Nobody is signed out.')
    .addOption(
      new Option('-a, --algorithm <name>', 'of the new key; the one in use if not said').choices(ALGORITHMS),
    )
    .option(...DATA_OPTION)
    .option(...JSON_OPTION)
    .addHelpText('after', EPILOGUE)
    .action(async ({ algorithm, ...options }: DataOptions & { readonly algorithm?: string }) => {
      await withAdminApi(command, context, options, async (api) => {
        const body = algorithm === undefined ? {} : { algorithm };
        const key = await ask<AdminKey>(api, 'POST', '/admin/v1/keys', body);
        const text = `${showValue(key.kid)} signs now, with ${key.algorithm}. The key before it verifies what it has signed.\n`;
        await print(terminal.stdout, options.json === true ? jsonLine(key) : text);
        const settings = await ask<{ readonly algorithm: string | null }>(api, 'GET', '/admin/v1/settings');
        if (settings.algorithm !== null && settings.algorithm !== key.algorithm) {
          await print(terminal.stderr, willNotLast(settings.algorithm, key.algorithm));
        }
      });
    });
}

const EPILOGUE = `
The new key is published first and signs a moment later, when every server on
the database has it. The key before it goes on verifying until its last token
has expired. If a key got out, compromise it instead.

Examples:
  $ watchword keys rotate
  $ watchword keys rotate --algorithm EdDSA --json`;

/** Whatever opens the database makes a key for the algorithm that it is told. */
function willNotLast(set: string, made: string): string {
  return (
    `The settings say ${set}: set WATCHWORD_ALGORITHM=${made} for servers and commands, ` +
    `or the next that starts makes a key for ${set} again.\n`
  );
}
