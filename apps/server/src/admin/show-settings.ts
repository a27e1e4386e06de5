import { basename } from 'node:path';
import { z } from 'zod';
import { SERVER_VERSION } from '../server-version.ts';
import { shownAddress, type StoreSettings } from '../read-store-settings.ts';
import { defineEndpoint } from './endpoint.ts';
import { algorithmSchema } from './key-schema.ts';

const seconds = z.number().min(0);

const settingsSchema = z
  .object({
    issuer: z.string(),
    audience: z.array(z.string()),
    algorithm: algorithmSchema
      .nullable()
      .describe('What every key has to be for; `null` where whoever rotates decides.'),
    access_token_ttl_seconds: seconds,
    idle_ttl_seconds: seconds,
    absolute_ttl_seconds: seconds,
    unremembered_ttl_seconds: seconds,
    browser_sessions: z.enum(['jwt', 'opaque']).describe('What sign-in and refresh give a browser.'),
    rotation: z.enum(['resilient', 'strict']),
    race_window_ms: z.number().min(0),
    max_staleness_ms: z.number().min(0),
    session_limit: z
      .object({ per_subject: z.number().int().min(1), when_reached: z.enum(['end_oldest', 'refuse']) })
      .nullable(),
    origins: z.array(z.string()),
    store: z
      .object({ kind: z.enum(['sqlite', 'postgres']), address: z.string() })
      .describe('The name of the file, or the address without user and password.'),
    relay: z
      .object({ kind: z.enum(['redis']), address: z.string() })
      .nullable()
      .describe('What carries revocations between servers beside the store.'),
    production: z.boolean(),
    versions: z.object({ node: z.string(), watchword: z.string() }),
  })
  .meta({
    id: 'Settings',
    description: 'What is in force, whether it was set or is a default; never a secret.',
  });

export const showSettings = defineEndpoint({
  method: 'GET',
  path: '/admin/v1/settings',
  summary: 'The settings that are in force',
  success: { status: 200, description: 'The settings.', schema: settingsSchema },
  async handle(_input, { auth, settings }) {
    const { issuer, audience, algorithm, chain, sessionLimit, ...effective } = auth.settings;
    return {
      issuer,
      audience: [...audience],
      algorithm: algorithm ?? null,
      access_token_ttl_seconds: effective.accessTtlMs / 1000,
      idle_ttl_seconds: effective.idleTtlMs / 1000,
      absolute_ttl_seconds: effective.absoluteTtlMs / 1000,
      unremembered_ttl_seconds: effective.unrememberedTtlMs / 1000,
      browser_sessions: effective.browserSessions,
      rotation: chain.rotation,
      race_window_ms: chain.raceWindowMs,
      max_staleness_ms: effective.maxStalenessMs,
      session_limit:
        sessionLimit === undefined
          ? null
          : { per_subject: sessionLimit.perSubject, when_reached: sessionLimit.whenReached },
      origins: [...(settings.watchword.origins ?? [])],
      store: describeStore(settings.store),
      relay: describeRelay(settings.relayUrl),
      production: settings.production,
      versions: { node: process.versions.node, watchword: SERVER_VERSION },
    };
  },
});

type Settings = z.input<typeof settingsSchema>;

function describeStore(store: StoreSettings): Settings['store'] {
  const address = store.kind === 'sqlite' ? basename(store.path) : shownAddress(store.url);
  return { kind: store.kind, address };
}

function describeRelay(url: string | undefined): Settings['relay'] {
  return url === undefined ? null : { kind: 'redis', address: shownAddress(url) };
}
