import { createSecretWrapping, joinWrappings } from '../crypto/sealed.ts';
import { labelled, toHex, utf8 } from '../crypto/bytes.ts';
import { sha256 } from '../crypto/digest.ts';
import type { EngineContext } from '../engine/context.ts';
import { createEngine, type Engine } from '../engine/engine.ts';
import { createHttpFace } from '../http/index.ts';
import { readEnvironment } from '../platform/environment.ts';
import { fetchHttpClient } from '../platform/fetch-http-client.ts';
import { createPasswordHasher } from '../platform/password-hasher.ts';
import { systemClock } from '../platform/system-clock.ts';
import { systemRandom } from '../platform/system-random.ts';
import { systemScheduler } from '../platform/system-scheduler.ts';
import { findTrackedFile } from '../platform/tracked-files.ts';
import type { Clock } from '../ports/clock.ts';
import type { FeedRelay } from '../ports/feed-relay.ts';
import type { PasswordHasher } from '../ports/password-hasher.ts';
import type { Random } from '../ports/random.ts';
import type { Scheduler } from '../ports/scheduler.ts';
import { checkOptions, type CheckedOptions } from './check-options.ts';
import { createEventHub } from './event-hub.ts';
import { checkLegacyTokens, refuseOwnSecret } from './legacy-options.ts';
import type { WatchwordOptions } from './options.ts';
import { obtainFormerSecret, obtainSecret } from './secret.ts';
import { presentWatchword } from './present-watchword.ts';
import type { Watchword } from './watchword.ts';

/** How long an operation waits for its turn at the store. Less than half the default race window. */
const STORE_PATIENCE_MS = 4000;

/** The outside world; tests hand in another. */
export interface Platform {
  readonly clock: Clock;
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly createHasher: () => Promise<PasswordHasher>;
  readonly findTrackedFile: (text: string) => Promise<string | undefined>;
}

const SYSTEM: Platform = {
  clock: systemClock,
  random: systemRandom,
  scheduler: systemScheduler,
  createHasher: createPasswordHasher,
  findTrackedFile,
};

/** Opens an installation. Everything that can be wrong in the options is wrong here, in a sentence. */
export function createWatchword(options: WatchwordOptions): Promise<Watchword> {
  return createWatchwordOn(SYSTEM, options);
}

/** The same on another platform. */
export async function createWatchwordOn(platform: Platform, options: WatchwordOptions): Promise<Watchword> {
  const checked = checkOptions(options, readEnvironment('NODE_ENV'));
  const { clock, random, scheduler } = platform;
  const legacy = checkLegacyTokens(options.legacyTokens, clock.nowMs());
  const secret = await obtainSecret(
    {
      option: options.secret,
      production: checked.production,
      developmentPath: options.store.developmentSecretPath,
      durable: options.store.durable,
    },
    platform,
  );
  const former = await obtainFormerSecret(options.formerSecret);
  if (legacy !== undefined) refuseOwnSecret(legacy, former === undefined ? [secret] : [secret, former]);
  const store = await options.store.open({
    clock,
    random,
    scheduler,
    digest: sha256,
    patienceMs: STORE_PATIENCE_MS,
  });
  const events = createEventHub(clock);
  let relay: FeedRelay | undefined;
  let engine: Engine;
  try {
    relay = await options.relay?.open({
      installation: nameInstallation(options.issuer),
      scheduler,
      random,
    });
    const context: EngineContext = {
      settings: checked.engine,
      clock,
      random,
      scheduler,
      events,
      store,
      ...(relay && options.relay && { relay: { kind: options.relay.kind, link: relay } }),
    };
    engine = await createEngine(context, {
      wrapping: joinWrappings(
        createSecretWrapping(secret, random),
        former === undefined ? [] : [createSecretWrapping(former, random)],
      ),
      ...(legacy && { legacy }),
      ...(checked.accounts !== undefined && { accounts: await accountParts(checked.accounts, platform) }),
    });
  } catch (error) {
    await relay?.close();
    await store.close();
    throw error;
  }
  const http = createHttpFace({ engine, settings: checked.http, client: fetchHttpClient });
  return presentWatchword(engine, http, events);
}

/** The same in every process, and not what it is called: a relay may be somebody else's machine. */
function nameInstallation(issuer: string): string {
  return toHex(sha256(labelled('watchword/relay-name/1', utf8(issuer)))).slice(0, 32);
}

async function accountParts(accounts: NonNullable<CheckedOptions['accounts']>, platform: Platform) {
  return { ...accounts, hasher: await platform.createHasher() };
}
