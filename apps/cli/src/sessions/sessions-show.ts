import type { Command } from 'commander';
import { withAdminApi } from '../admin-api/open-admin-api.ts';
import type { CommandContext } from '../command-context.ts';
import { DATA_OPTION, JSON_OPTION, type DataOptions } from '../data-folder.ts';
import { formatFacts } from '../output/format-facts.ts';
import { jsonLine } from '../output/show-value.ts';
import { print } from '../terminal.ts';
import { askAboutSession, type AdminSession } from './admin-session.ts';

export function addSessionsShow(sessions: Command, context: CommandContext): void {
  const { terminal } = context;
  const command = sessions.command('show').argument('<id>', 'the session');
  command
    .description('Show a session, whether it is live or over.')
    .option(...DATA_OPTION)
    .option(...JSON_OPTION)
    .addHelpText('after', EPILOGUE)
    .action(async (id: string, options: DataOptions) => {
      await withAdminApi(command, context, options, async (api) => {
        const session = await askAboutSession<AdminSession>(api, 'GET', id);
        await print(
          terminal.stdout,
          options.json === true ? jsonLine(session) : formatFacts(factsOf(session), terminal),
        );
      });
    });
}

const EPILOGUE = `
Exit codes: 0 it is known, 1 it is not, 2 could not run.

Examples:
  $ watchword sessions show 01990a3c-5b1e-7c3a-9d2f-1f6f3a0b8c4d
  $ watchword sessions show 01990a3c-5b1e-7c3a-9d2f-1f6f3a0b8c4d --json`;

function factsOf(session: AdminSession): readonly (readonly [string, unknown])[] {
  const { ended } = session;
  return [
    ['id', session.id],
    ['subject', session.subject],
    ['status', ended === null ? session.status : `${session.status} (${ended.reason}) at ${ended.at}`],
    ['client', session.client_id],
    ['delivery', session.remembered ? session.delivery : `${session.delivery}, not remembered`],
    ['audience', session.audience.join(' ')],
    ['scope', session.scope.join(' ')],
    ['proven by', session.amr.join(' ')],
    ['network', session.address_prefix],
    ['user agent', session.user_agent],
    ['started', session.started_at],
    ['last used', session.last_refreshed_at],
    ['ends unused', session.idle_expires_at],
    ['ends at last', session.expires_at],
  ];
}
