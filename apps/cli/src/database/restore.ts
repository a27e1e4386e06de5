import { join } from 'node:path';
import type { Command } from 'commander';
import { findServerProcess } from '../admin-api/find-server.ts';
import type { CommandContext } from '../command-context.ts';
import { DATA_OPTION, dataFolderOf, JSON_OPTION, type DataOptions } from '../data-folder.ts';
import { jsonLine, showValue } from '../output/show-value.ts';
import { explaining } from '../server-module.ts';
import { Stop } from '../stop.ts';
import { print } from '../terminal.ts';
import { findDatabase } from './find-database.ts';

export function addRestoreCommand(program: Command, context: CommandContext): void {
  const { terminal } = context;
  const command = program.command('restore').argument('<file>', 'a backup');
  command
    .description('Put a backup in the place of the database, while no server runs.')
    .option(...DATA_OPTION)
    .option(...JSON_OPTION)
    .addHelpText('after', EPILOGUE)
    .action(async (file: string, options: DataOptions) => {
      const folder = dataFolderOf(options, terminal.environment);
      const database = await explaining(command, () => findDatabase(context, folder));
      if (database.kind === 'postgres') throw new Stop(2, POSTGRES);
      refuseRunning(folder);
      const { path } = database;
      const aside = `${path}.before-restore-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`;
      const { restoreSqlite } = await import('watchword/sqlite');
      const { keptOld, version } = await explaining(command, () =>
        restoreSqlite(file, path, { keepOldAs: aside }),
      );
      const kept = keptOld ? aside : null;
      const text = describe(file, kept, version);
      await print(terminal.stdout, options.json === true ? jsonLine({ file, version, kept_as: kept }) : text);
      const started = findServerProcess(folder);
      if (started === undefined) return;
      throw new Stop(
        2,
        `A server was started meanwhile (process ${started}): stop it, wait 40 seconds, start it.`,
      );
    });
}

function refuseRunning(folder: string): void {
  const pid = findServerProcess(folder);
  if (pid === undefined) return;
  throw new Stop(
    2,
    `A server runs on ${folder} (process ${pid}). Stop it first: what it knows and the backup does not would clash. ` +
      `If that process is something else, delete ${join(folder, 'server.json')}.`,
  );
}

function describe(file: string, kept: string | null, version: number): string {
  const lines = [`Restored ${showValue(file)} (version ${version}).`];
  if (kept !== null) lines.push(`The database of before is kept: ${showValue(kept)}`);
  return `${lines.join('\n')}\n\n${NEXT}`;
}

const POSTGRES = `This is for SQLite, and WATCHWORD_DATABASE_URL names a PostgreSQL server. Stop all servers and restore with what comes
with it: pg_restore for a dump, or a base backup and archived WAL for a moment of your choice (point-in-time restore).
Then wait 40 seconds, start the servers, say watchword store accept-restore --yes, and revoke once more what was revoked
after that moment. If you do not know what it was: watchword revoke-all`;

const NEXT = `What comes next:
1. Wait 40 seconds before you start a server, so that no answer from before is
   still on its way to a client.
2. Clients that were here after the backup was taken are ahead of it. They get
   503 (ERR_STORE_ROLLED_BACK) until you accept that:
     watchword store accept-restore --yes
3. What was revoked after the backup is live again: revoke it once more. If you
   do not know what it was: watchword revoke-all
`;

const EPILOGUE = `
The backup has to be whole, Watchword's, and not of a newer version. The
database that it replaces is kept beside it, with its time in the name.

Examples:
  $ watchword restore backup.db
  $ watchword restore backup.db --data /var/lib/watchword --json`;
