import type { Command } from 'commander';
import type { VerifiedToken } from 'watchword';
import type { AdminApi } from './admin-api/admin-api.ts';

/** What `@watchword/server` exports, as far as the commands need it. */
export interface ServerModule {
  startServer(environment: NodeJS.ProcessEnv, overrides: ServerOverrides): Promise<void>;
  openInstallation(environment: NodeJS.ProcessEnv, overrides: ServerOverrides): Promise<OpenedInstallation>;
  openAdminApi(
    environment: NodeJS.ProcessEnv,
    overrides: ServerOverrides,
  ): Promise<AdminApi & { close(): Promise<void> }>;
  readStoreSettings(environment: NodeJS.ProcessEnv, dataDirectory: string): StoreSettings;
}

/** Where everything is kept; the address holds a password. */
export type StoreSettings =
  | { readonly kind: 'sqlite'; readonly path: string }
  | { readonly kind: 'postgres'; readonly url: string };

export interface OpenedInstallation {
  readonly auth: {
    verify(token: string, options?: TokenExpectations): VerifiedToken;
    readonly tokens: {
      verify(token: string, options: { readonly typ: string } & TokenExpectations): VerifiedToken;
    };
    acceptRestore(options: { readonly forSeconds: number }): Promise<{ readonly untilMs: number }>;
    close(): Promise<void>;
  };
}

export interface TokenExpectations {
  readonly audience?: string;
}

export interface ServerOverrides {
  readonly port?: number;
  readonly host?: string;
  readonly dataDirectory?: string;
}

export async function loadInstalledServer(): Promise<ServerModule> {
  return await import('@watchword/server');
}

/** Runs `work` of a command; what an operator can put right ends it with a sentence, and without its help. */
export async function explaining<Result>(command: Command, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const sentence = explain(error);
    if (sentence === undefined) throw error;
    return command.showHelpAfterError(false).error(sentence, { exitCode: 2 });
  }
}

/** The sentence for what an operator can put right; `undefined` for what is a mistake of ours. */
function explain(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  switch (error.code) {
    case 'ERR_CONFIG':
    case 'ERR_OPTION':
    case 'ERR_KEY_REFUSED':
      return error.message;
    case 'ERR_STORE_UNAVAILABLE':
      return `The database cannot be used now (${'detail' in error ? String(error.detail) : error.message}).`;
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
