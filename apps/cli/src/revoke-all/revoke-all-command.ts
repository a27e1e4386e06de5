import type { Command } from 'commander';
import { ask, type AdminApi } from '../admin-api/admin-api.ts';
import { withAdminApi } from '../admin-api/open-admin-api.ts';
import type { CommandContext } from '../command-context.ts';
import { confirm } from '../confirm.ts';
import { countSessions } from '../count-sessions.ts';
import { DATA_OPTION, JSON_OPTION, type DataOptions } from '../data-folder.ts';
import { jsonLine, showValue } from '../output/show-value.ts';
import { printReceipts, stopIfIncomplete, type WithReceipts } from '../receipts/report-receipts.ts';
import { waitMember, waitOption, type WaitOptions } from '../receipts/wait-option.ts';
import { print } from '../terminal.ts';

export function addRevokeAllCommand(program: Command, context: CommandContext): void {
  const { terminal } = context;
  const command = program.command('revoke-all');
  command
    .description('End every session of the installation, and every token.')
    .option('--yes', 'do not ask')
    .addOption(waitOption())
    .option(...DATA_OPTION)
    .option(...JSON_OPTION)
    .addHelpText('after', EPILOGUE)
    .action(async (options: RevokeAllOptions) => {
      await withAdminApi(command, context, options, async (api) => {
        const { live_sessions: live } = await revokeAll(api, { dry_run: true });
        const { issuer } = await ask<{ readonly issuer: string }>(api, 'GET', '/admin/v1/settings');
        const about =
          `This ends ${countSessions(live)} of ${showValue(issuer)}, and every token that is still good. ` +
          'It cannot be undone: everybody has to sign in again.';
        await confirm(terminal, { about, expected: String(live), yes: options.yes });
        const revoked = await revokeAll(api, { dry_run: false, ...waitMember(options) });
        const text = `Ended ${countSessions(revoked.live_sessions)} of ${showValue(issuer)}.\n`;
        await print(terminal.stdout, options.json === true ? jsonLine({ issuer, ...revoked }) : text);
        await printReceipts(terminal, revoked, options);
        stopIfIncomplete([revoked]);
      });
    });
}

const EPILOGUE = `
For the day on which a key, a database or a log with tokens got out. It says
first how many sessions of which installation are live, and wants that number
typed; without a terminal it wants --yes. All servers on the database refuse
the tokens within 100 ms; nothing is kept of what was revoked. --wait says
which verifiers in other services know it, and exits with 1 unless all do.

Examples:
  $ watchword revoke-all
  $ watchword revoke-all --wait 5s
  $ watchword revoke-all --data /var/lib/watchword --yes --json`;

interface RevokeAllOptions extends DataOptions, WaitOptions {
  readonly yes?: boolean;
}

interface RevokedAll extends WithReceipts {
  readonly sequence: number | null;
  readonly live_sessions: number;
  readonly dry_run: boolean;
}

function revokeAll(api: AdminApi, how: { readonly dry_run: boolean } & WaitOptions): Promise<RevokedAll> {
  return ask<RevokedAll>(api, 'POST', '/admin/v1/revocations', { kind: 'all', ...how });
}
