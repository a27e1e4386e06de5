import { readFileSync } from 'node:fs';
import { styleText } from 'node:util';
import { Command } from 'commander';
import { addKeygenCommand } from './keygen/keygen-command.ts';
import { addServeCommand } from './serve.ts';
import type { ServerModule } from './server-module.ts';
import { addStoreCommand } from './store.ts';
import { hasColours, showControls, type Terminal } from './terminal.ts';

/** The whole command line. Parsing it throws a `CommanderError` where commander would end the process. */
export function createProgram(terminal: Terminal, parts: ProgramParts = {}): Command {
  const { stdout, stderr, environment } = terminal;
  const program = new Command('watchword');
  program
    .description('Token security, whole: run the server, generate keys, look after the database.')
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
  addServeCommand(program, terminal, parts.loadServer);
  addKeygenCommand(program, terminal);
  addStoreCommand(program, terminal, parts.loadServer);
  return program;
}

/** What tests replace. */
export interface ProgramParts {
  readonly loadServer?: () => Promise<ServerModule>;
}

const EPILOGUE = `
Examples:
  $ watchword serve                        a server on http://localhost:8787
  $ watchword keygen                       a secret, for WATCHWORD_SECRET
  $ watchword keygen ec --out signing.jwk  a signing key, in a file of your own

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
