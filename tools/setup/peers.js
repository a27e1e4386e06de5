import { existsSync } from 'node:fs';
import { debianMachine, installDebianPackages } from './debian-packages.js';
import { say } from './progress.js';

/**
 * Other implementations of JOSE, which the tests of interoperability exchange tokens with, as Debian's packages, and a file that
 * is there when the package is.
 */
const PEERS = [
  { name: 'python3-cryptography', sign: '/usr/lib/python3/dist-packages/cryptography/__init__.py' },
  { name: 'python3-jwt', sign: '/usr/lib/python3/dist-packages/jwt/__init__.py' },
  { name: 'python3-authlib', sign: '/usr/lib/python3/dist-packages/authlib/__init__.py' },
  { name: 'jose', sign: '/usr/bin/jose' },
];

/** Those of Debian's packages that are not on this machine. */
export function missingPeers(peers = PEERS) {
  return peers.filter(({ sign }) => !existsSync(sign)).map(({ name }) => name);
}

/**
 * Their tests skip where they are missing, so that nothing here ends the run.
 *
 * @param {string} root
 * @param {{ isDebian: boolean, isRoot: boolean }} [machine]
 * @param {typeof PEERS} [peers]
 */
export async function ensurePeers(root, machine = debianMachine(), peers = PEERS) {
  const missing = missingPeers(peers);
  if (missing.length === 0) return;
  const skipping = 'tests of interoperability with other implementations are skipped';
  if (!machine.isDebian) {
    say(`${skipping}: they look for programs which Debian has as ${missing.join(', ')}.`);
  } else if (!machine.isRoot) {
    say(`${skipping}. Run 'apt-get install ${missing.join(' ')}' as root to have them.`);
  } else if (!(await installDebianPackages(root, missing, 'the tests of interoperability'))) {
    say(`apt-get could not install them, and ${skipping}; its last lines are above.`);
  }
}
