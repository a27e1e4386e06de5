import type { Command } from 'commander';
import { ask, type AdminApi } from '../admin-api/admin-api.ts';
import { withAdminApi } from '../admin-api/open-admin-api.ts';
import type { CommandContext } from '../command-context.ts';
import { confirm } from '../confirm.ts';
import { countSessions } from '../count-sessions.ts';
import { DATA_OPTION, JSON_OPTION, type DataOptions } from '../data-folder.ts';
import { jsonLine, showValue } from '../output/show-value.ts';
import { print } from '../terminal.ts';

export function addRevokeAllCommand(program: Command, context: CommandContext): void {
  const { terminal } = context;
  const command = program.command('revoke-all');
  command
    .description('End every session of the installation, and every token.')
    .option('--yes', 'do not ask')
    .option(...DATA_OPTION)
    .option(...JSON_OPTION)
    .addHelpText('after', EPILOGUE)
    .action(async (options: DataOptions & { readonly yes?: boolean }) => {
      await withAdminApi(command, context, options, async (api) => {
        const { live_sessions: live } = await revokeAll(api, true);
        const { issuer } = await ask<{ readonly issuer: string }>(api, 'GET', '/admin/v1/settings');
        const about =
          `This ends ${countSessions(live)} of ${showValue(issuer)}, and every token that is still good. ` +
          'It cannot be undone: everybody has to sign in again.';
        await confirm(terminal, { about, expected: String(live), yes: options.yes });
        const revoked = await revokeAll(api, false);
        const text = `Ended ${countSessions(revoked.live_sessions)} of ${showValue(issuer)}.\n`;
        await print(terminal.stdout, options.json === true ? jsonLine({ issuer, ...revoked }) : text);
      });
    });
}

const EPILOGUE = `
For the day on which a key, a database or a log with tokens got out. It says
first how many sessions of which installation are live, and wants that number
typed; without a terminal it wants --yes. All servers on the database refuse
the tokens within 100 ms; nothing is kept of what was revoked.

Examples:
  $ watchword revoke-all
  $ watchword revoke-all --data /var/lib/watchword --yes --json`;

interface RevokedAll {
  readonly sequence: number | null;
  readonly live_sessions: number;
  readonly dry_run: boolean;
}

function revokeAll(api: AdminApi, dryRun: boolean): Promise<RevokedAll> {
  return ask<RevokedAll>(api, 'POST', '/admin/v1/revocations', { kind: 'all', dry_run: dryRun });
}
