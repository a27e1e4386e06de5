import { existsSync, mkdirSync, rmSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** What Debian's packages ask before they start a service, and before they make a database cluster. */
export const PLACES = {
  policy: '/usr/sbin/policy-rc.d',
  clusters: '/etc/postgresql-common/createcluster.d/watchword-tests.conf',
};

/**
 * Does `work`, while packages that it installs neither start their services nor make a database cluster: the tests
 * need the programs alone. A policy that the machine has stays as it is.
 *
 * @template T
 * @param {() => Promise<T>} work
 * @param {typeof PLACES} [places]
 * @returns {Promise<T>}
 */
export async function withServicesOff(work, places = PLACES) {
  // Lets everything start again should it be left behind by a process that was killed.
  const policy = `#!/bin/sh\n[ -d /proc/${process.pid} ] || exit 0\nexit 101\n`;
  const removals = [
    putFile(places.policy, policy),
    putFile(places.clusters, 'create_main_cluster = false\n'),
  ];
  const restore = () => {
    for (const remove of removals) remove();
  };
  process.once('exit', restore);
  try {
    return await work();
  } finally {
    process.removeListener('exit', restore);
    restore();
  }
}

/**
 * @param {string} path
 * @param {string} content
 * @returns {() => void} what takes it away again, with the folders that were made for it and hold nothing else
 */
function putFile(path, content) {
  if (existsSync(path)) return () => {};
  const folder = dirname(path);
  const made = mkdirSync(folder, { recursive: true });
  writeFileSync(path, content, { mode: 0o755 });
  return () => {
    rmSync(path, { force: true });
    try {
      for (let each = folder; made !== undefined && each.startsWith(made); each = dirname(each))
        rmdirSync(each);
    } catch {
      // A package keeps files of its own there by now.
    }
  };
}
