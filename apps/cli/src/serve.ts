import { InvalidArgumentError, type Command } from 'commander';
import { explaining, loadInstalledServer } from './server-module.ts';
import type { Terminal } from './terminal.ts';

export function addServeCommand(
  program: Command,
  terminal: Terminal,
  loadServer = loadInstalledServer,
): void {
  const serve = program.command('serve');
  serve
    .description('Run the server. SIGTERM and Ctrl-C stop it once the requests under way are answered.')
    .option('-p, --port <number>', 'where to listen (PORT, or 8787)', parsePort)
    .option('--host <address>', 'which address to listen on (loopback)')
    .option('--data <folder>', 'where the database and its keys live (WATCHWORD_DATA, or ./data)')
    .addHelpText('after', EPILOGUE)
    .action(async ({ port, host, data }: ServeOptions) => {
      // Loaded here, because the other commands need none of it and should answer at once.
      const { startServer } = await loadServer();
      const overrides = {
        ...(port === undefined ? {} : { port }),
        ...(host === undefined ? {} : { host }),
        ...(data === undefined ? {} : { dataDirectory: data }),
      };
      await explaining(serve, () => startServer({ ...terminal.environment }, overrides));
    });
}

interface ServeOptions {
  readonly port?: number;
  readonly host?: string;
  readonly data?: string;
}

const EPILOGUE = `
Settings come from the environment, so that no process list shows a secret:
  WATCHWORD_ISSUER          the public address, such as https://auth.example.com
  WATCHWORD_SECRET          32 to 64 random bytes: watchword keygen
  WATCHWORD_SECRET_FILE     or a file that holds them
  WATCHWORD_DATABASE_URL    postgres://… in place of SQLite in the data folder
  WATCHWORD_REDIS_URL       redis://… carries revocations between servers
  WATCHWORD_ROTATION        of refresh tokens: resilient (default) or strict
  WATCHWORD_BROWSER_SESSIONS  what browsers are given: jwt (default) or opaque
  WATCHWORD_RACE_WINDOW_MS  how far apart two uses of one may be a race
  NODE_ENV                  production refuses what is for development only

Examples:
  $ watchword serve
  $ watchword serve --port 9000 --data /var/lib/watchword
  $ WATCHWORD_SECRET_FILE=/run/secrets/watchword watchword serve`;

function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port >= 1 && port <= 65_535)) {
    throw new InvalidArgumentError('Write a number from 1 to 65535, such as 8787.');
  }
  return port;
}
