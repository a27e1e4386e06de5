import { destination } from 'pino';
import { addOperatorRoutes } from './add-operator-routes.ts';
import { createAdminCredential } from './admin/admin-credential.ts';
import { writeCredentialFiles } from './admin/credential-files.ts';
import { createEventStream } from './admin/event-stream.ts';
import { buildApp } from './build-app.ts';
import { closeWhenAnswered } from './close-when-answered.ts';
import { addDemo } from './demo/add-demo.ts';
import { logEvents } from './log-events.ts';
import { createLogger } from './logging/create-logger.ts';
import { openInstallation } from './open-installation.ts';
import { isLoopbackUrl, type ServerOverrides } from './read-settings.ts';
import { reportSelfCheck } from './report-self-check.ts';
import { SettingError } from './setting-error.ts';
import { stopOnSignals } from './stop-on-signals.ts';

/**
 * Runs the server until a signal stops it. Resolves once it answers; rejects, with `code` `ERR_CONFIG` and a sentence,
 * what it refuses to start with.
 */
export async function startServer(
  environment: NodeJS.ProcessEnv,
  overrides: ServerOverrides = {},
): Promise<void> {
  const { auth, settings } = await openInstallation(environment, overrides);
  // To standard error: standard output says where the server is, and nothing else.
  const logger = createLogger({ level: settings.logLevel, destination: destination(2) });
  for (const warning of settings.warnings) process.stderr.write(`${warning}\n`);
  logEvents(auth, logger);
  const app = await buildApp(auth, logger, settings.watchword.issuer, settings.trustedProxies);
  addDemo(app, auth, settings.demoTricks);
  const credential = createAdminCredential();
  await addOperatorRoutes(app, credential, { auth, settings, events: createEventStream(auth.events) });
  const closeConnections = closeWhenAnswered(app.server);
  try {
    await app.listen({ host: settings.host, port: settings.port });
  } catch (error) {
    await auth.close();
    throw listenError(error, settings.port);
  }
  const address = addressOf(settings.host, settings.port);
  const removeFiles = await writeCredentialFiles(settings.dataDirectory, credential.token, {
    address,
    pid: process.pid,
    startedMs: Date.now(),
  }).catch(async (error: unknown) => {
    await app.close();
    await auth.close();
    throw error;
  });
  const stopping = new AbortController();
  stopOnSignals(async () => {
    stopping.abort();
    const closed = app.close();
    closeConnections();
    await removeFiles();
    await closed;
    await auth.close();
  });
  process.stdout.write(`Watchword answers at ${address}\nThe page to try it: ${address}/\n`);
  if (!isLoopbackUrl(settings.watchword.issuer)) void reportSelfCheck(auth, logger, stopping.signal);
}

function addressOf(host: string, port: number): string {
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

function listenError(error: unknown, port: number): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  if (error.code === 'EADDRINUSE') {
    return new SettingError(`Port ${port} is in use. Stop what uses it, or set PORT to another.`, {
      cause: error,
    });
  }
  if (error.code === 'EACCES') {
    return new SettingError(`Port ${port} needs more rights. Set PORT to one above 1023.`, { cause: error });
  }
  return error;
}
