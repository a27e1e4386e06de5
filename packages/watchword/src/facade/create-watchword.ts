import { createSecretWrapping, joinWrappings } from '../crypto/sealed.ts';
import { sha256 } from '../crypto/digest.ts';
import type { EngineContext } from '../engine/context.ts';
import { createEngine, type Engine } from '../engine/engine.ts';
import { createHttpFace } from '../http/index.ts';
import { readEnvironment } from '../platform/environment.ts';
import { createPasswordHasher } from '../platform/password-hasher.ts';
import { systemClock } from '../platform/system-clock.ts';
import { systemRandom } from '../platform/system-random.ts';
import { systemScheduler } from '../platform/system-scheduler.ts';
import { findTrackedFile } from '../platform/tracked-files.ts';
import type { Clock } from '../ports/clock.ts';
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
  const context: EngineContext = { settings: checked.engine, clock, random, scheduler, events, store };
  let engine: Engine;
  try {
    engine = await createEngine(context, {
      wrapping: joinWrappings(
        createSecretWrapping(secret, random),
        former === undefined ? [] : [createSecretWrapping(former, random)],
      ),
      ...(legacy && { legacy }),
      ...(checked.accounts !== undefined && { accounts: await accountParts(checked.accounts, platform) }),
    });
  } catch (error) {
    await store.close();
    throw error;
  }
  const http = createHttpFace({ engine, settings: checked.http });
  return presentWatchword(engine, http, events);
}

async function accountParts(accounts: NonNullable<CheckedOptions['accounts']>, platform: Platform) {
  return { ...accounts, hasher: await platform.createHasher() };
}
