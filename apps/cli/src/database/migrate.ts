import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { DATA_OPTION, dataFolderOf, JSON_OPTION, type DataOptions } from '../data-folder.ts';
import { jsonLine } from '../output/show-value.ts';
import { explaining } from '../server-module.ts';
import { Stop } from '../stop.ts';
import { print } from '../terminal.ts';
import { findDatabase, inspectVersion } from './find-database.ts';

export function addMigrateCommand(program: Command, context: CommandContext): void {
  const { terminal, loadServer } = context;
  const command = program.command('migrate');
  command
    .description('Bring the database to the version of this Watchword.')
    .option('--check', 'only say whether it is needed, and change nothing')
    .option(...DATA_OPTION)
    .option(...JSON_OPTION)
    .addHelpText('after', EPILOGUE)
    .action(async (options: DataOptions & { readonly check?: boolean }) => {
      const folder = dataFolderOf(options, terminal.environment);
      await explaining(command, async () => {
        const database = await findDatabase(context, folder);
        const { version: from, newestVersion: to } = await inspectVersion(database);
        const needed = from !== to;
        if (needed && options.check !== true) {
          const { openInstallation } = await loadServer();
          const { auth } = await openInstallation({ ...terminal.environment }, { dataDirectory: folder });
          await auth.close();
        }
        const migrated = needed && options.check !== true;
        const text = `${describe(from, to, migrated)}\n`;
        await print(terminal.stdout, options.json === true ? jsonLine({ from, to, needed, migrated }) : text);
        if (needed && !migrated) throw new Stop(1, '');
      });
    });
}

function describe(from: number, to: number, migrated: boolean): string {
  if (from === to) return `The database is at version ${to}, which is what this Watchword uses.`;
  if (from === 0) return migrated ? `Made a database of version ${to}.` : 'There is no database yet.';
  return migrated
    ? `Migrated the database from version ${from} to ${to}.`
    : `The database is at version ${from} and this Watchword uses ${to}: back it up, then say watchword migrate.`;
}

const EPILOGUE = `
A server migrates by itself when it starts; this does it before, with the same
settings in the environment. There is no way back but a backup: take one first.

Exit codes: 0 it is at this version, 1 with --check it is not, 2 could not run.

Examples:
  $ watchword migrate --check || watchword backup before-upgrade.db
  $ watchword migrate --data /var/lib/watchword`;
