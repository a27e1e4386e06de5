import type { ServerModule } from './server-module.ts';
import type { Terminal } from './terminal.ts';

/** What a command is given beside its own options. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly loadServer: () => Promise<ServerModule>;
}
