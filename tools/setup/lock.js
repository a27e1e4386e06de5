import { mkdirSync, readdirSync, renameSync, rmdirSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { identityOf } from './processes.js';
import { say } from './progress.js';

const abandonedMs = 5000;

/**
 * Runs `work` while no other process does so in this clone.
 *
 * The lock is a folder with one file in it, named after its owner. Taking over from a dead owner is a rename of
 * exactly that file, which only one of several waiters can win; a folder is removed only when it is empty.
 *
 * @template T
 * @param {string} root
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(root, work) {
  const folder = join(root, '.runtime', 'setup.lock');
  const mine = join(folder, identityOf(process.pid) ?? `${process.pid}-self`);
  mkdirSync(join(root, '.runtime'), { recursive: true });
  for (let waited = 0; !take(folder, mine); waited += 1) {
    if (waited === 10) say('waiting for another set-up of this clone to end');
    await pause(100);
  }
  const release = () => {
    attempt(() => unlinkSync(mine));
    attempt(() => rmdirSync(folder));
  };
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.removeListener('exit', release);
    release();
  }
}

/**
 * @param {string} folder
 * @param {string} mine
 */
function take(folder, mine) {
  if (attempt(() => mkdirSync(folder))) return moveIn(folder, mine);
  /** @type {string[]} */
  let owners = [];
  if (!attempt(() => (owners = readdirSync(folder)))) return false;
  const [owner] = owners;
  if (owner === undefined) return removeAbandoned(folder);
  return !isAlive(owner) && attempt(() => renameSync(join(folder, owner), mine));
}

/**
 * @param {string} folder
 * @param {string} mine
 */
function moveIn(folder, mine) {
  if (!attempt(() => writeFileSync(mine, ''))) return false;
  // Someone held up for seconds before this step may find that another has tidied the folder away and moved in.
  if (readdirSync(folder).length === 1) return true;
  attempt(() => unlinkSync(mine));
  return false;
}

/**
 * An empty folder belongs to someone between two steps, unless it has been so for long.
 *
 * @param {string} folder
 */
function removeAbandoned(folder) {
  attempt(() => {
    if (Date.now() - statSync(folder).mtimeMs > abandonedMs) rmdirSync(folder);
  });
  return false;
}

/** @param {string} owner */
function isAlive(owner) {
  return identityOf(Number(owner.split('-')[0])) === owner;
}

/** @param {() => unknown} step */
function attempt(step) {
  try {
    step();
    return true;
  } catch {
    return false;
  }
}
