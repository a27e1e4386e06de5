import { readFileSync } from 'node:fs';
import { styleText } from 'node:util';
import { Command } from 'commander';
import { addClientsCommand } from './clients/clients-command.ts';
import type { CommandContext } from './command-context.ts';
import { addCompletionCommand } from './completion/completion-command.ts';
import { addBackupCommand } from './database/backup.ts';
import { addMigrateCommand } from './database/migrate.ts';
import { addRestoreCommand } from './database/restore.ts';
import { addEventsCommand } from './events/events-command.ts';
import { addFeedCommand } from './feed/feed-command.ts';
import { addKeygenCommand } from './keygen/keygen-command.ts';
import { addKeysCommand } from './keys/keys-command.ts';
import { addRevokeAllCommand } from './revoke-all/revoke-all-command.ts';
import { addSecretsCommand } from './secrets/secrets-command.ts';
import { addServeCommand } from './serve.ts';
import { loadInstalledServer, type ServerModule } from './server-module.ts';
import { addSessionsCommand } from './sessions/sessions-command.ts';
import { addStoreCommand } from './store.ts';
import { addSubjectsCommand } from './subjects/subjects-command.ts';
import { hasColours, showControls, type Terminal } from './terminal.ts';
import { addTokenCommand } from './token/token-command.ts';

/** The whole command line. Parsing it throws a `CommanderError` where commander would end the process. */
export function createProgram(terminal: Terminal, parts: ProgramParts = {}): Command {
  const { stdout, stderr, environment } = terminal;
  const program = new Command('watchword');
  program
    .description(
      'Token security, whole: run the server, see and end sessions, look after keys, tokens and the database.',
    )
    .version(ownVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .exitOverride()
    .showHelpAfterError('(--help shows the options, and examples)')
    .configureHelp({ styleTitle: (title) => styleText('bold', title, { validateStream: false }) })
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
      outputError: (text, write) => write(showControls(text)),
      getOutHasColors: () => hasColours(stdout, environment),
      getErrHasColors: () => hasColours(stderr, environment),
      getOutHelpWidth: () => widthOf(stdout.columns),
      getErrHelpWidth: () => widthOf(stderr.columns),
    })
    .addHelpText('after', EPILOGUE);
  const context: CommandContext = { terminal, loadServer: parts.loadServer ?? loadInstalledServer };
  program.commandsGroup('Running:');
  addServeCommand(program, terminal, parts.loadServer);
  addKeygenCommand(program, terminal);
  addCompletionCommand(program, terminal);
  program.commandsGroup('Who is signed in:');
  addSessionsCommand(program, context);
  addSubjectsCommand(program, context);
  addRevokeAllCommand(program, context);
  addFeedCommand(program, context);
  addEventsCommand(program, context);
  program.commandsGroup('Keys, clients and tokens:');
  addKeysCommand(program, context);
  addSecretsCommand(program, context);
  addClientsCommand(program, context);
  addTokenCommand(program, context);
  program.commandsGroup('The database:');
  addMigrateCommand(program, context);
  addBackupCommand(program, context);
  addRestoreCommand(program, context);
  addStoreCommand(program, terminal, parts.loadServer);
  return program;
}

/** What tests replace. */
export interface ProgramParts {
  readonly loadServer?: () => Promise<ServerModule>;
}

const EPILOGUE = `
What asks about the installation speaks to the running server of the data
folder (--data, WATCHWORD_DATA, ./data), or opens its database where none runs,
with the settings that the server has.

Examples:
  $ watchword serve                        a server on http://localhost:8787
  $ watchword keygen                       a secret, for WATCHWORD_SECRET
  $ watchword sessions list --json         who is signed in, as JSON lines
  $ watchword revoke-all                   end everything; it asks first
  $ watchword token lint --file token.txt  what is wrong with a token
  $ watchword backup backup.db             beside the running server

Exit codes: 0 fine, 1 found something, 2 could not run. Colour follows NO_COLOR.`;

const NARROWEST = 60;
const WIDEST = 100;

function widthOf(columns = 80): number {
  return Math.min(Math.max(columns, NARROWEST), WIDEST);
}

/** `src` and `dist` are siblings, so that this is right from source and when installed. */
function ownVersion(): string {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return manifest.version;
}
