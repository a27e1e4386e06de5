import { missingChromium } from './chromium.js';
import { debianMachine, installDebianPackages } from './debian-packages.js';
import { missingPeers } from './peers.js';
import { missingServers } from './servers.js';
import { PLACES, withServicesOff } from './services-off.js';

/**
 * Installs all that the tests miss with one call of apt-get, which takes less time than a call for each. What it
 * cannot do, whoever needs a package says afterwards, and tries for that one alone.
 *
 * @param {string} root
 * @param {{ isDebian: boolean, isRoot: boolean }} [machine]
 * @param {string[]} [missing]
 * @param {typeof PLACES} [places]
 */
export async function installTogether(
  root,
  machine = debianMachine(),
  missing = allMissing(),
  places = PLACES,
) {
  if (!machine.isDebian || !machine.isRoot || missing.length < 2) return;
  await withServicesOff(() => installDebianPackages(root, missing, 'the tests'), places);
}

function allMissing() {
  return [...missingChromium(), ...missingServers(), ...missingPeers()];
}
