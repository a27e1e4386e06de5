import { readFileSync, readdirSync } from 'node:fs';

/**
 * What Linux knows of a process that runs; undefined for one that has ended, also while its parent has not noticed
 * yet: in a container that may be forever.
 *
 * @param {number} pid
 * @returns {{ group: number, startTime: string } | undefined}
 */
function runningOnLinux(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the command's name in brackets and may hold anything; these are fields 3, 5 and 22.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : { group: Number(fields[2]), startTime: fields[19] ?? '' };
  } catch {
    return undefined;
  }
}

/** The ids of all processes on Linux, none elsewhere. */
export function processIds() {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

/** @param {number} pid */
export function isRunning(pid) {
  return process.platform === 'linux' ? runningOnLinux(pid) !== undefined : signal(pid, 0);
}

/**
 * Whether anybody in a process group still runs.
 *
 * @param {number} group
 */
export function isGroupRunning(group) {
  if (process.platform !== 'linux') return signal(-group, 0);
  return processIds().some((pid) => runningOnLinux(pid)?.group === group);
}

/**
 * The process id with its start time, because ids are used again, in containers soon.
 *
 * @param {number} pid
 * @returns {string | undefined} undefined when it does not run
 */
export function identityOf(pid) {
  if (process.platform === 'linux') {
    const found = runningOnLinux(pid);
    return found && `${pid}-${found.startTime}`;
  }
  return signal(pid, 0) ? `${pid}-unknown` : undefined;
}

/**
 * @param {number} pid negative for a group
 * @param {NodeJS.Signals | 0} name
 * @returns {boolean} whether anybody was there
 */
export function signal(pid, name) {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
