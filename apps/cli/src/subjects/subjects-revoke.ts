import type { Command } from 'commander';
import { ask } from '../admin-api/admin-api.ts';
import { withAdminApi } from '../admin-api/open-admin-api.ts';
import type { CommandContext } from '../command-context.ts';
import { confirm } from '../confirm.ts';
import { countSessions } from '../count-sessions.ts';
import { DATA_OPTION, JSON_OPTION, type DataOptions } from '../data-folder.ts';
import { jsonLine, showValue } from '../output/show-value.ts';
import { printReceipts, stopIfIncomplete, type WithReceipts } from '../receipts/report-receipts.ts';
import { waitMember, waitOption, type WaitOptions } from '../receipts/wait-option.ts';
import { print } from '../terminal.ts';
import { showSubject } from './subjects-show.ts';

export function addSubjectsRevoke(subjects: Command, context: CommandContext): void {
  const { terminal } = context;
  const command = subjects.command('revoke').argument('<subject>', 'the user');
  command
    .description('End all sessions of a subject, and with them every token of theirs.')
    .option('--yes', 'do not ask')
    .addOption(waitOption())
    .option(...DATA_OPTION)
    .option(...JSON_OPTION)
    .addHelpText('after', EPILOGUE)
    .action(async (name: string, options: RevokeOptions) => {
      await withAdminApi(command, context, options, async (api) => {
        const { live_sessions: live } = await showSubject(api, name);
        const about =
          `This ends ${countSessions(live)} of ${showValue(name)}, and every token of theirs that is still good. ` +
          'It cannot be undone: they have to sign in again.';
        await confirm(terminal, { about, expected: String(live), yes: options.yes });
        const body = { kind: 'subject', target: name, ...waitMember(options) };
        const revoked = await ask<RevokedSubject>(api, 'POST', '/admin/v1/revocations', body);
        const text = `Ended ${countSessions(revoked.live_sessions)} of ${showValue(name)}.\n`;
        await print(terminal.stdout, options.json === true ? jsonLine(revoked) : text);
        await printReceipts(terminal, revoked, options);
        stopIfIncomplete([revoked]);
      });
    });
}

interface RevokeOptions extends DataOptions, WaitOptions {
  readonly yes?: boolean;
}

interface RevokedSubject extends WithReceipts {
  readonly sequence: number;
  readonly live_sessions: number;
}

const EPILOGUE = `
It says first how many sessions are live, and wants that number typed. Without
a terminal it wants --yes. --wait says which verifiers in other services know
it, and exits with 1 unless all do.

Examples:
  $ watchword subjects revoke ada
  $ watchword subjects revoke ada --wait
  $ watchword subjects revoke ada --yes --json`;
