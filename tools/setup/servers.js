import { SERVERS, locateProgram } from '../test-servers/find-program.js';
import { debianMachine, installDebianPackages } from './debian-packages.js';
import { Refusal } from './refusal.js';
import { PLACES, withServicesOff } from './services-off.js';

/**
 * Debian's packages of the private servers that are not on this machine.
 *
 * @param {typeof SERVERS} [servers]
 */
export function missingServers(servers = SERVERS) {
  return servers.filter(({ program }) => locateProgram(program) === undefined).map(({ name }) => name);
}

/**
 * @param {string} root
 * @param {{ isDebian: boolean, isRoot: boolean }} [machine]
 * @param {typeof SERVERS} [servers]
 * @param {typeof PLACES} [places]
 */
export async function ensureServers(root, machine = debianMachine(), servers = SERVERS, places = PLACES) {
  const missing = missingServers(servers);
  if (missing.length === 0) return;
  const listed = missing.map((name) => `'${name}'`).join(', ');
  const need = 'the tests start private servers of their own';
  if (!machine.isDebian) {
    const programs = servers.filter(({ name }) => missing.includes(name)).map(({ program }) => program);
    throw new Refusal(
      `${need}, and miss ${programs.join(', ')}, which Debian has in ${listed}. Install them so that PATH finds them, then run the command again.`,
    );
  }
  if (!machine.isRoot) {
    throw new Refusal(
      `${need}, which Debian's packages ${listed} bring. Run 'apt-get install ${missing.join(' ')}' as root, then run the command again.`,
    );
  }
  const install = () => installDebianPackages(root, missing, 'the private servers of the tests');
  if (!(await withServicesOff(install, places))) {
    throw new Refusal(
      `apt-get could not install ${listed}; its last lines are above. Install them by hand, then run the command again.`,
    );
  }
  const still = missingServers(servers);
  if (still.length > 0) {
    throw new Refusal(
      `apt-get installed ${listed}, and still the programs of ${still.join(', ')} are neither in PATH nor where Debian has them.`,
    );
  }
}
