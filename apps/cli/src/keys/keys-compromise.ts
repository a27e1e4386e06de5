import type { Command } from 'commander';
import { ask, type AdminApi } from '../admin-api/admin-api.ts';
import { withAdminApi } from '../admin-api/open-admin-api.ts';
import type { CommandContext } from '../command-context.ts';
import { confirm } from '../confirm.ts';
import { DATA_OPTION, JSON_OPTION, type DataOptions } from '../data-folder.ts';
import { jsonLine, showValue } from '../output/show-value.ts';
import { printReceipts, stopIfIncomplete, type WithReceipts } from '../receipts/report-receipts.ts';
import { waitMember, waitOption, type WaitOptions } from '../receipts/wait-option.ts';
import { Stop } from '../stop.ts';
import { print } from '../terminal.ts';
import type { AdminKey } from './admin-key.ts';

export function addKeysCompromise(keys: Command, context: CommandContext): void {
  const { terminal } = context;
  const command = keys.command('compromise').argument('<kid>', 'the key');
  command
    .description('Kill a signing key that got out, and everything that it signed.')
    .option('--yes', 'do not ask')
    .addOption(waitOption())
    .option(...DATA_OPTION)
    .option(...JSON_OPTION)
    .addHelpText('after', EPILOGUE)
    .action(async (kid: string, options: CompromiseOptions) => {
      await withAdminApi(command, context, options, async (api) => {
        const key = await findKey(api, kid);
        const about =
          `This kills the key ${showValue(kid)} (${key.algorithm}, ${key.state}) and every access token that it signed. ` +
          'It cannot be undone. Sessions go on: their clients refresh and get tokens of another key.';
        await confirm(terminal, { about, expected: kid, yes: options.yes });
        const path = `/admin/v1/keys/${encodeURIComponent(kid)}/compromise`;
        const killed = await ask<KilledKey>(api, 'POST', path, waitMember(options));
        const text = `${showValue(kid)} is dead, and what it signed.\n`;
        await print(terminal.stdout, options.json === true ? jsonLine({ kid, ...killed }) : text);
        await printReceipts(terminal, killed, options);
        stopIfIncomplete([killed]);
      });
    });
}

interface CompromiseOptions extends DataOptions, WaitOptions {
  readonly yes?: boolean;
}

interface KilledKey extends WithReceipts {
  readonly sequence: number;
}

const EPILOGUE = `
It wants the kid typed again; without a terminal it wants --yes. If the
database got out as well, and not the key alone, end everything:
watchword revoke-all

--wait says which verifiers in other services know it, and exits with 1 unless
all do.

Examples:
  $ watchword keys compromise NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs
  $ watchword keys list | awk '$3 == "signing" { print $1 }'`;

async function findKey(api: AdminApi, kid: string): Promise<AdminKey> {
  const { keys } = await ask<{ keys: readonly AdminKey[] }>(api, 'GET', '/admin/v1/keys');
  const key = keys.find((each) => each.kid === kid);
  if (key === undefined) {
    throw new Stop(1, `There is no key ${showValue(kid)}. Which there are: watchword keys list`);
  }
  return key;
}
