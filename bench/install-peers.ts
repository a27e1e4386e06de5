import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const PEERS = new URL('peers/', import.meta.url);
const LOCK = new URL('package-lock.json', PEERS);
const STAMP = new URL('node_modules/.installed-lock.json', PEERS);

/** Installs what the benchmarks compare with, unless it is there as locked. Progress goes to standard error. */
export async function installPeers(): Promise<void> {
  const wanted = readFileSync(LOCK, 'utf8');
  if (installed() === wanted) return;
  process.stderr.write('bench: installing the locked peers into bench/peers; this is done once\n');
  const { npm_execpath: cli, npm_node_execpath: node } = process.env;
  const [command, ...first] = cli === undefined ? ['npm'] : [node ?? process.execPath, cli];
  const child = spawn(
    command ?? 'npm',
    [...first, 'ci', '--include=prod', '--ignore-scripts', '--no-progress', '--loglevel=error'],
    { cwd: fileURLToPath(PEERS), stdio: ['ignore', 2, 2] },
  );
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error('npm could not install the peers: its reason is above');
  writeFileSync(STAMP, wanted);
}

/** The versions of the peers, exact, by their names. */
export function peerVersions(): Readonly<Record<string, string>> {
  const manifest: unknown = JSON.parse(readFileSync(new URL('package.json', PEERS), 'utf8'));
  return (manifest as { readonly dependencies: Readonly<Record<string, string>> }).dependencies;
}

function installed(): string | undefined {
  try {
    return readFileSync(STAMP, 'utf8');
  } catch {
    return undefined;
  }
}
