import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { DATA_OPTION, dataFolderOf, JSON_OPTION, type DataOptions } from '../data-folder.ts';
import { createProgress } from '../output/progress.ts';
import { jsonLine, showValue } from '../output/show-value.ts';
import { explaining } from '../server-module.ts';
import { Stop } from '../stop.ts';
import { print } from '../terminal.ts';
import { findDatabase } from './find-database.ts';
import { awaitInterruption } from './interruption.ts';

export function addBackupCommand(program: Command, context: CommandContext): void {
  const { terminal } = context;
  const command = program.command('backup').argument('<file>', 'a new file');
  command
    .description('Copy the database as it is at one moment, beside running servers.')
    .option(...DATA_OPTION)
    .option(...JSON_OPTION)
    .addHelpText('after', EPILOGUE)
    .action(async (file: string, options: DataOptions) => {
      const folder = dataFolderOf(options, terminal.environment);
      const database = await explaining(command, () => findDatabase(context, folder));
      if (database.kind === 'postgres') throw new Stop(2, POSTGRES);
      const { backupSqlite } = await import('watchword/sqlite');
      const progress = createProgress(terminal, 'Copied');
      const interruption = awaitInterruption();
      const { version, bytes } = await explaining(command, async () => {
        try {
          return await backupSqlite(database.path, file, {
            onProgress: ({ copiedPages, totalPages }) => {
              interruption.check();
              progress.show(copiedPages / totalPages);
            },
          });
        } finally {
          progress.clear();
          interruption.end();
        }
      });
      const text = `Wrote ${showValue(file)}: ${bytes} bytes, version ${version}, checked.\n`;
      await print(terminal.stdout, options.json === true ? jsonLine({ file, bytes, version }) : text);
    });
}

const POSTGRES = `This is for SQLite, and WATCHWORD_DATABASE_URL names a PostgreSQL server. Use what comes with it: pg_dump for one
moment, or pg_basebackup and archived WAL for every moment (point-in-time restore). Keep WATCHWORD_SECRET elsewhere.
After a restore: watchword store accept-restore --yes`;

const EPILOGUE = `
The file is readable by you alone (0600), was checked whole before it got its
name, and never overwrites another. Keep it as carefully as the database. Keep
WATCHWORD_SECRET as well, elsewhere: it opens the keys in a backup, and without
it nobody does. PostgreSQL is backed up by its own tools.

Examples:
  $ watchword backup backup.db
  $ watchword backup "backup-$(date +%F).db" --data /var/lib/watchword`;
