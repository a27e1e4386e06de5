import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter } from 'node:path';
import { fileURLToPath } from 'node:url';
import type express from 'express';

const FOLDER = new URL('./', import.meta.url);
const LOCK = new URL('package-lock.json', FOLDER);
const STAMP = new URL('node_modules/.installed-lock.json', FOLDER);
/** An npm that gets no answer waits for minutes. */
const NPM_TIMEOUT_MS = 90_000;

/** Express 4, installed as locked unless it is there. It is called like its successor here. */
export async function loadExpress4(): Promise<typeof express> {
  if (installed() !== readFileSync(LOCK, 'utf8')) await install();
  return createRequire(new URL('package.json', FOLDER))('express') as typeof express;
}

async function install(): Promise<void> {
  // What an npm around this process has set is about this repository, and so is the Node that it has put in front.
  const own = Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_ENV$)/i.test(name));
  const path = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => !folder.endsWith('node_modules/.bin'));
  const env = { ...Object.fromEntries(own), PATH: path.join(delimiter) };
  const child = spawn(
    'npm',
    ['ci', '--prefer-offline', '--ignore-scripts', '--no-progress', '--loglevel=error'],
    { cwd: fileURLToPath(FOLDER), stdio: ['ignore', 2, 2], env, timeout: NPM_TIMEOUT_MS },
  );
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error('npm could not install Express 4: its reason is above');
  writeFileSync(STAMP, readFileSync(LOCK, 'utf8'));
}

function installed(): string | undefined {
  try {
    return readFileSync(STAMP, 'utf8');
  } catch {
    return undefined;
  }
}
