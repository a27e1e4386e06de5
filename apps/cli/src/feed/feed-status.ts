import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import { ask } from '../admin-api/admin-api.ts';
import { withAdminApi } from '../admin-api/open-admin-api.ts';
import type { CommandContext } from '../command-context.ts';
import { DATA_OPTION, JSON_OPTION, type DataOptions } from '../data-folder.ts';
import { formatTable } from '../output/format-table.ts';
import { hint } from '../output/hint.ts';
import { jsonLine } from '../output/show-value.ts';
import { Stop } from '../stop.ts';
import { print, type Terminal } from '../terminal.ts';
import { describeFeed, VERIFIER_COLUMNS, type AdminFeed } from './admin-feed.ts';

const PERIOD_MS = 2000;
const CLEAR_SCREEN = '\u001b[H\u001b[2J';

export function addFeedStatus(feed: Command, context: CommandContext): void {
  const { terminal } = context;
  const command = feed.command('status');
  command
    .description('Show who follows the feed, and how far each verifier has come.')
    .option('-w, --watch', `again each ${PERIOD_MS / 1000} s, until you press Ctrl-C`)
    .option(...DATA_OPTION)
    .option(...JSON_OPTION)
    .addHelpText('after', EPILOGUE)
    .action(async (options: StatusOptions) => {
      await withAdminApi(command, context, options, async (api) => {
        for (;;) {
          const status = await ask<AdminFeed>(api, 'GET', '/admin/v1/feed');
          await show(terminal, status, options);
          if (options.watch !== true) return stopUnlessAllCurrent(status);
          await pause(PERIOD_MS);
        }
      });
    });
}

interface StatusOptions extends DataOptions {
  readonly watch?: boolean;
}

const EPILOGUE = `
current: it knows all that was revoked. behind: it lacks so many entries.
silent: it was not heard for 30 seconds; what it still accepts is bounded by
its own staleness, and after an hour it is forgotten. Exit codes: 0 all are
current, 1 one or more are behind or silent, 2 could not run.

Examples:
  $ watchword feed status
  $ watchword feed status --watch
  $ watchword feed status --json | jq '.verifiers[] | select(.behind > 0)'`;

async function show(terminal: Terminal, status: AdminFeed, { json, watch }: StatusOptions): Promise<void> {
  const { stdout } = terminal;
  if (json === true) return await print(stdout, jsonLine(status));
  const { verifiers } = status;
  const clear = watch === true && stdout.isTTY === true ? CLEAR_SCREEN : '';
  const table = verifiers.length === 0 ? '' : formatTable(VERIFIER_COLUMNS, verifiers, terminal);
  if (clear + table !== '') await print(stdout, clear + table);
  if (verifiers.length === 0) {
    await hint(
      terminal,
      'No verifier follows the feed. Attach one: watchword clients create --id billing --role verifier',
    );
  }
  await hint(terminal, describeFeed(status));
}

function stopUnlessAllCurrent({ verifiers }: AdminFeed): void {
  if (verifiers.some(({ state }) => state !== 'current')) throw new Stop(1, '');
}
