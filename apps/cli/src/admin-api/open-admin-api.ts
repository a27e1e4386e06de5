import { join } from 'node:path';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { dataFolderOf, type DataOptions } from '../data-folder.ts';
import { findDatabase, missingDatabase } from '../database/find-database.ts';
import { explaining } from '../server-module.ts';
import { Stop } from '../stop.ts';
import type { AdminAnswer, AdminApi } from './admin-api.ts';
import { findServer, readAdminToken } from './find-server.ts';
import { createHttpAdminApi, NobodyThere } from './http-admin-api.ts';

/** Runs `work` with the running server of the data folder, or with the database itself where none runs. */
export async function withAdminApi<Result>(
  command: Command,
  context: CommandContext,
  options: DataOptions,
  work: (api: AdminApi) => Promise<Result>,
): Promise<Result> {
  const folder = dataFolderOf(options, context.terminal.environment);
  const running = connectToServer(folder);
  let inProcess: ReturnType<typeof openInProcess> | undefined;
  const openInProcess = () => openDatabase(command, context, folder);
  let useRunning = running !== undefined;
  const api: AdminApi = {
    async request(method, path, body) {
      if (running !== undefined && useRunning) {
        try {
          return accepted(await running.request(method, path, body), folder);
        } catch (error) {
          if (!(error instanceof NobodyThere)) throw error;
          useRunning = false;
        }
      }
      const opened = await (inProcess ??= openInProcess());
      return await opened.request(method, path, body);
    },
  };
  try {
    return await work(api);
  } finally {
    await (await inProcess)?.close();
  }
}

/** The running server of the folder, if there is one that wrote its credential. */
export function connectToServer(folder: string): AdminApi | undefined {
  const server = findServer(folder);
  const token = server === undefined ? undefined : readAdminToken(folder);
  return server === undefined || token === undefined ? undefined : createHttpAdminApi(server.address, token);
}

/** Both files are written at each start of a server, and the one that started last has its own there. */
function accepted(answer: AdminAnswer, folder: string): AdminAnswer {
  if (answer.status !== 401) return answer;
  throw new Stop(
    2,
    `The server that runs on ${folder} does not take the credential in ${join(folder, 'admin.token')}. ` +
      'Start it anew: it writes one that it takes.',
  );
}

async function openDatabase(command: Command, context: CommandContext, folder: string) {
  return await explaining(command, async () => {
    const database = await findDatabase(context, folder);
    const missing = await missingDatabase(database, folder, 'Name its folder with --data or WATCHWORD_DATA.');
    if (missing !== undefined) throw new Stop(2, missing);
    const { openAdminApi } = await context.loadServer();
    return await openAdminApi({ ...context.terminal.environment }, { dataDirectory: folder });
  });
}
