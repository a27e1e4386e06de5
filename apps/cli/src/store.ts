import { InvalidArgumentError, type Command } from 'commander';
import { explaining, loadInstalledServer } from './server-module.ts';
import { print, type Terminal } from './terminal.ts';

export function addStoreCommand(
  program: Command,
  terminal: Terminal,
  loadServer = loadInstalledServer,
): void {
  const store = program.command('store').description('Say what became of the database.');
  store.addHelpText('after', '\nExamples:\n  $ watchword store accept-restore --yes');
  const accept = store.command('accept-restore');
  accept
    .description(
      'Accept that the database was restored from a backup: rows move forward to what clients show.',
    )
    .option('--for <time>', 'for how long: 90m, 12h or 7d', parseSeconds, parseSeconds('7d'))
    .option('--data <folder>', 'where the database lives (WATCHWORD_DATA, or ./data)')
    .option('--yes', 'you have read what it means')
    .option('--json', 'print one object')
    .addHelpText('after', EPILOGUE)
    .action(async (options: AcceptOptions) => {
      if (options.yes !== true) accept.error('Read what it means (--help), then say --yes.', { exitCode: 2 });
      const { openInstallation } = await loadServer();
      const overrides = options.data === undefined ? {} : { dataDirectory: options.data };
      await explaining(accept, async () => {
        const { auth } = await openInstallation({ ...terminal.environment }, overrides);
        try {
          const { untilMs } = await auth.acceptRestore({ forSeconds: options.for });
          await print(terminal.stdout, describe(untilMs, options.json === true));
        } finally {
          await auth.close();
        }
      });
    });
}

interface AcceptOptions {
  readonly for: number;
  readonly data?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

const EPILOGUE = `
A restored database knows less than its clients. Until the time is over a
refresh token that is newer than its row moves the row forward; otherwise it is
answered 503. Sessions that began after the backup are lost. What was revoked
after it is live again: revoke it once more. It may be said while a server
runs; let 40 seconds go by between restoring and starting one, so that no
answer from before is still on its way.

Examples:
  $ watchword store accept-restore --yes
  $ watchword store accept-restore --for 12h --data /var/lib/watchword --yes`;

function describe(untilMs: number, asJson: boolean): string {
  const until = new Date(untilMs).toISOString();
  if (asJson) return `${JSON.stringify({ accepted_until: until })}\n`;
  return `Accepted until ${until}. What was revoked since the backup is live again: revoke it once more.\n`;
}

const SECONDS = { m: 60, h: 3600, d: 86_400 };

function parseSeconds(text: string): number {
  const [, count = '', unit = ''] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  const seconds = Number(count) * (SECONDS[unit as keyof typeof SECONDS] ?? Number.NaN);
  if (!(seconds >= 60 && seconds <= 30 * SECONDS.d)) {
    throw new InvalidArgumentError('Write minutes, hours or days, from 1m to 30d, such as 12h.');
  }
  return seconds;
}
