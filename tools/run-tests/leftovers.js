import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { processIds, signal } from '../setup/processes.js';

const patienceMs = 2000;

/**
 * Ends every process that has `name=value` in its environment and says what they were. Found by the environment and
 * not by the process group, because servers and browsers open groups of their own. Linux only; elsewhere none is found.
 *
 * @param {string} name
 * @param {string} value
 * @returns {Promise<string[]>} their command lines
 */
export async function endLeftovers(name, value) {
  const deadlineMs = Date.now() + patienceMs;
  while (Date.now() < deadlineMs && find(`${name}=${value}`).length > 0) await pause(50);
  return endNow(name, value);
}

/**
 * The same without patience, for the last moment of a process that was told to stop.
 *
 * @param {string} name
 * @param {string} value
 * @returns {string[]} their command lines
 */
export function endNow(name, value) {
  const left = find(`${name}=${value}`);
  for (const { pid } of left) signal(pid, 'SIGKILL');
  return left.map(({ command }) => command);
}

/** @param {string} mark */
function find(mark) {
  return processIds()
    .filter((pid) => pid !== process.pid && readSafely(`/proc/${pid}/environ`).split('\0').includes(mark))
    .map((pid) => ({ pid, command: readSafely(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim() }))
    .filter(({ command }) => command !== '');
}

/** @param {string} file */
function readSafely(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
