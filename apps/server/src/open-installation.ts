import { createWatchword, WatchwordError, type Watchword } from 'watchword';
import { createRelay, createStore } from './create-store.ts';
import { prepareDataDirectory } from './data-directory.ts';
import { readSettings, type ServerOverrides, type ServerSettings } from './read-settings.ts';
import { SettingError } from './setting-error.ts';

/** An installation as the environment describes it, whether a server runs on it or a command. */
export interface Installation {
  readonly auth: Watchword;
  readonly settings: ServerSettings;
}

/** Opens it beside whatever other processes use it. Rejects as `startServer` does. */
export async function openInstallation(
  environment: NodeJS.ProcessEnv,
  overrides: ServerOverrides = {},
): Promise<Installation> {
  const settings = readSettings(environment, overrides);
  await prepareDataDirectory(settings.dataDirectory);
  const auth = await open(settings).catch(nameVariables);
  return { auth, settings };
}

async function open({ watchword, store, relayUrl }: ServerSettings): Promise<Watchword> {
  return await createWatchword({
    ...watchword,
    store: await createStore(store),
    ...(relayUrl !== undefined && { relay: await createRelay(relayUrl) }),
  });
}

/** The library speaks of its options; who starts the server has set variables. */
function nameVariables(error: unknown): never {
  if (!(error instanceof WatchwordError) || error.code !== 'ERR_CONFIG') throw error;
  const variables = {
    issuer: 'WATCHWORD_ISSUER',
    origins: 'WATCHWORD_ORIGINS',
    'cookies.prefix': 'WATCHWORD_COOKIE_PREFIX',
    'cookies.formerPrefixes': 'WATCHWORD_FORMER_COOKIE_PREFIXES',
    raceWindowMs: 'WATCHWORD_RACE_WINDOW_MS',
    redisRelay: 'WATCHWORD_REDIS_URL',
  };
  const sentence = Object.entries(variables).reduce(
    (text, [option, variable]) => text.replaceAll(`\`${option}\``, variable),
    error.message,
  );
  throw new SettingError(sentence, { cause: error });
}
