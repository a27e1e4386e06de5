import type { Command } from 'commander';
import { ask, type AdminApi } from '../admin-api/admin-api.ts';
import { withAdminApi } from '../admin-api/open-admin-api.ts';
import type { CommandContext } from '../command-context.ts';
import { DATA_OPTION, JSON_LINES_OPTION, type DataOptions } from '../data-folder.ts';
import { formatTable } from '../output/format-table.ts';
import { hint } from '../output/hint.ts';
import { jsonLine } from '../output/show-value.ts';
import { wholeNumber } from '../parse-whole-number.ts';
import { print } from '../terminal.ts';
import { SESSION_COLUMNS, type AdminSession } from './admin-session.ts';

const MOST = 100_000;
const PAGE = 1000;

export function addSessionsList(sessions: Command, context: CommandContext): void {
  const { terminal } = context;
  const command = sessions.command('list');
  command
    .description('List live sessions, newest first.')
    .option('-s, --subject <subject>', 'of this subject only')
    .option('-l, --limit <number>', 'how many at most', wholeNumber(1, MOST), 100)
    .option(...DATA_OPTION)
    .option(...JSON_LINES_OPTION)
    .addHelpText('after', EPILOGUE)
    .action(async (options: ListOptions) => {
      await withAdminApi(command, context, options, async (api) => {
        const { found, more } = await collect(api, options);
        if (options.json === true) await print(terminal.stdout, found.map(jsonLine).join(''));
        else if (found.length > 0)
          await print(terminal.stdout, formatTable(SESSION_COLUMNS, found, terminal));
        if (found.length === 0) await hint(terminal, 'Nobody is signed in.');
        if (more) await hint(terminal, `There are more: --limit ${options.limit} shows the newest only.`);
      });
    });
}

interface ListOptions extends DataOptions {
  readonly subject?: string;
  readonly limit: number;
}

const EPILOGUE = `
At a terminal the list is aligned, and times are relative. In a pipe each
session is a line with tabs between: id, subject, client, started, last used,
expires, network, user agent.

Examples:
  $ watchword sessions list
  $ watchword sessions list --subject ada
  $ watchword sessions list | cut -f 1 | head -n 3
  $ watchword sessions list --limit 1000 --json`;

async function collect(
  api: AdminApi,
  { subject, limit }: ListOptions,
): Promise<{ readonly found: readonly AdminSession[]; readonly more: boolean }> {
  const found: AdminSession[] = [];
  let after: string | null = null;
  do {
    const query = new URLSearchParams({ limit: String(Math.min(limit - found.length, PAGE)) });
    if (subject !== undefined) query.set('subject', subject);
    if (after !== null) query.set('after', after);
    const page: { sessions: readonly AdminSession[]; next: string | null } = await ask(
      api,
      'GET',
      `/admin/v1/sessions?${query.toString()}`,
    );
    found.push(...page.sessions);
    after = page.next;
  } while (after !== null && found.length < limit);
  return { found, more: after !== null };
}
