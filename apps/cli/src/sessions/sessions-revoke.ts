import type { Command } from 'commander';
import type { AdminApi } from '../admin-api/admin-api.ts';
import { withAdminApi } from '../admin-api/open-admin-api.ts';
import type { CommandContext } from '../command-context.ts';
import { DATA_OPTION, JSON_LINES_OPTION, type DataOptions } from '../data-folder.ts';
import { jsonLine, showValue } from '../output/show-value.ts';
import { printReceipts, stopIfIncomplete, type WithReceipts } from '../receipts/report-receipts.ts';
import { waitOption, type WaitOptions } from '../receipts/wait-option.ts';
import { Stop } from '../stop.ts';
import { print } from '../terminal.ts';
import { askAboutSession } from './admin-session.ts';

export function addSessionsRevoke(sessions: Command, context: CommandContext): void {
  const { terminal } = context;
  const command = sessions.command('revoke').argument('<id...>', 'the sessions');
  command
    .description('End sessions, and with them every token of theirs, everywhere at once.')
    .addOption(waitOption())
    .option(...DATA_OPTION)
    .option(...JSON_LINES_OPTION)
    .addHelpText('after', EPILOGUE)
    .action(async (ids: readonly string[], options: DataOptions & WaitOptions) => {
      let isOneUnknown = false;
      const ended: Revoked[] = [];
      await withAdminApi(command, context, options, async (api) => {
        for (const id of ids) {
          const outcome = await revoke(api, id, options);
          if (outcome instanceof Stop) {
            isOneUnknown = true;
            await print(terminal.stderr, `${outcome.message}\n`);
          } else {
            const line = outcome.revoked ? `Ended ${showValue(id)}.` : `${showValue(id)} was over already.`;
            await print(terminal.stdout, options.json === true ? jsonLine({ id, ...outcome }) : `${line}\n`);
            await printReceipts(terminal, outcome, options);
            ended.push(outcome);
          }
        }
      });
      if (isOneUnknown) throw new Stop(1, '');
      stopIfIncomplete(ended);
    });
}

const EPILOGUE = `
Exit codes: 0 none of them is live now, 1 one or more are unknown, 2 could not
run. Nobody is asked: a session that ended by mistake costs its user a sign-in.
--wait says which verifiers in other services know it, and exits with 1 unless
all do.

Examples:
  $ watchword sessions revoke 01990a3c-5b1e-7c3a-9d2f-1f6f3a0b8c4d
  $ watchword sessions list --subject ada | cut -f 1 \\
      | xargs watchword sessions revoke`;

interface Revoked extends WithReceipts {
  readonly sequence: number;
  readonly revoked: boolean;
}

/** An unknown session does not keep the others from ending. */
async function revoke(api: AdminApi, id: string, { wait }: WaitOptions): Promise<Revoked | Stop> {
  try {
    return await askAboutSession<Revoked>(api, 'DELETE', id, wait === undefined ? '' : `?wait=${wait}`);
  } catch (error) {
    if (error instanceof Stop && error.exitCode === 1) return error;
    throw error;
  }
}
