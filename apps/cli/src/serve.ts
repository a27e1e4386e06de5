import { InvalidArgumentError, type Command } from 'commander';
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
      try {
        await startServer({ ...terminal.environment }, overrides);
      } catch (error) {
        const sentence = explain(error);
        if (sentence === undefined) throw error;
        serve.showHelpAfterError(false).error(sentence, { exitCode: 2 });
      }
    });
}

/** What `@watchword/server` exports, as far as this command needs it. */
export interface ServerModule {
  startServer(environment: NodeJS.ProcessEnv, overrides: ServerOverrides): Promise<void>;
}

export interface ServerOverrides {
  readonly port?: number;
  readonly host?: string;
  readonly dataDirectory?: string;
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
  WATCHWORD_ROTATION        of refresh tokens: resilient (default) or strict
  WATCHWORD_RACE_WINDOW_MS  how far apart two uses of one may be a race
  NODE_ENV                  production refuses what is for development only

Examples:
  $ watchword serve
  $ watchword serve --port 9000 --data /var/lib/watchword
  $ WATCHWORD_SECRET_FILE=/run/secrets/watchword watchword serve`;

async function loadInstalledServer(): Promise<ServerModule> {
  return await import('@watchword/server');
}

function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port >= 1 && port <= 65_535)) {
    throw new InvalidArgumentError('Write a number from 1 to 65535, such as 8787.');
  }
  return port;
}

/** The sentence for what an operator can put right; `undefined` for what is a mistake of ours. */
function explain(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  switch (error.code) {
    case 'ERR_CONFIG':
      return error.message;
    case 'EADDRINUSE':
      return `Something else listens there already (${error.message}). Stop it, or choose another port with --port.`;
    case 'EACCES':
      return `That is not allowed (${error.message}). Ports below 1024 and other people's folders need more rights.`;
    case 'EADDRNOTAVAIL':
      return `This machine has no such address (${error.message}). Choose another with --host, such as 127.0.0.1.`;
    default:
      return undefined;
  }
}
