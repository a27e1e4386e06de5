import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inTurns, median, medianRatio, type Benchmark } from './benchmark.ts';
import { installPeers, peerVersions } from './install-peers.ts';
import { browserClient, oauthClient, type Client } from './refresh-http/client.ts';
import { drive, type Driven } from './refresh-http/contestant.ts';
import { startServerProcess, type ServerProcess } from './refresh-http/server-process.ts';

/** Enough for the compiler to have seen it all: until then each costs several times as much. */
const WARM_UP = 12_288;
const ROUNDS = 7;
const COUNT = 2048;

/** A server to compare, and who its clients are. */
interface Entry {
  readonly script: URL;
  readonly environment: Readonly<Record<string, string>>;
  readonly createClient: (credential: string) => Client;
}

function entries(folder: string) {
  const express: Entry = {
    script: new URL('peers/express-server.mjs', import.meta.url),
    environment: { PEER_DATABASE: join(folder, 'express.db') },
    createClient: (cookies) => browserClient('/auth/refresh', 'refreshToken', cookies),
  };
  const oidcProvider: Entry = {
    script: new URL('peers/oidc-provider-server.mjs', import.meta.url),
    environment: {},
    createClient: (token) => oauthClient('/token', 'app', token),
  };
  return {
    ours: ours(join(folder, 'ours'), { WATCHWORD_ALGORITHM: 'HS256' }),
    // Which is ES256: other services can check its tokens.
    oursDefault: ours(join(folder, 'ours-default'), {}),
    express,
    oidcProvider,
  };
}

/** In production, so that it logs what it logs there. */
function ours(data: string, environment: Readonly<Record<string, string>>): Entry {
  return {
    script: new URL('refresh-http/our-server.ts', import.meta.url),
    environment: {
      HOST: '127.0.0.1',
      WATCHWORD_ISSUER: 'https://app.example',
      WATCHWORD_DATA: data,
      WATCHWORD_SECRET: randomBytes(32).toString('base64url'),
      // Every refresh rotates.
      WATCHWORD_RACE_WINDOW_MS: '0',
      ...environment,
    },
    createClient: (cookies) => browserClient('/auth/refresh', '__Host-ww_rt', cookies),
  };
}

/**
 * Refreshes over HTTP on 32 connections, each server in a process of its own and the load in this one: CPU per request
 * as the server's process accounts for it, and requests per second.
 */
export const refreshHttp: Benchmark = {
  summary: 'refreshes over HTTP: CPU per request and requests per second',
  async run() {
    await installPeers();
    const folder = mkdtempSync(join(tmpdir(), 'watchword-bench-'));
    const servers: ServerProcess[] = [];
    try {
      const start = async (name: string, { script, environment, createClient }: Entry) => {
        const server = await startServerProcess({ script, environment, log: join(folder, `${name}.log`) });
        servers.push(server);
        const driven = await drive(server, createClient);
        await driven.run(WARM_UP);
        return driven;
      };
      const entry = entries(folder);
      const us = await start('ours', entry.ours);
      const usByDefault = await start('ours-default', entry.oursDefault);
      const express = await start('express', entry.express);
      const oidcProvider = await start('oidc-provider', entry.oidcProvider);
      const speeds = await inTurns(
        { us: us.run, usByDefault: usByDefault.run, express: express.run, oidcProvider: oidcProvider.run },
        { rounds: ROUNDS, count: COUNT },
      );
      return {
        ratios: {
          cpu_vs_express: medianRatio(cpu(us), cpu(express)),
          cpu_vs_express_default: medianRatio(cpu(usByDefault), cpu(express)),
          rps_vs_oidc_provider: medianRatio(speeds.us, speeds.oidcProvider),
        },
        figures: {
          p99_ms: p99(us),
          p99_ms_default: p99(usByDefault),
          p99_ms_express: p99(express),
          p99_ms_oidc_provider: p99(oidcProvider),
          cpu_us: median(cpu(us)),
          cpu_us_default: median(cpu(usByDefault)),
          cpu_us_express: median(cpu(express)),
          cpu_us_oidc_provider: median(cpu(oidcProvider)),
          rps: median(speeds.us),
          rps_default: median(speeds.usByDefault),
          rps_express: median(speeds.express),
          rps_oidc_provider: median(speeds.oidcProvider),
        },
        versions: {
          node: process.version,
          sqlite: process.versions['sqlite'] ?? '',
          ...peerVersions(),
        },
      };
    } finally {
      await Promise.all(servers.map((server) => server.end()));
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** Of the rounds that count: those of the warm-up come first. */
function measured({ rounds }: Driven) {
  return rounds.slice(-ROUNDS);
}

function cpu(contestant: Driven): number[] {
  return measured(contestant).map(({ cpuMicroseconds }) => cpuMicroseconds);
}

function p99(contestant: Driven): number {
  return median(measured(contestant).map(({ p99Ms }) => p99Ms));
}
