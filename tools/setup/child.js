import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { isGroupRunning, signal } from './processes.js';

/** The groups that run, with the time that each gets to end by itself. @type {Map<number, number>} */
const groups = new Map();
const fatalSignals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/**
 * Runs a command to its end in a process group of its own. If this process is told to stop, the whole group is
 * stopped first, grandchildren included, so that nothing outlives a Ctrl-C.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd: string, env: NodeJS.ProcessEnv, show?: boolean, graceMs?: number }} options `show` hands our own
 *   output to the child; `graceMs` is how long it may take to stop
 * @returns {Promise<{ code: number, output: string, pid: number }>} `output` is empty when it was shown
 */
export function runChild(command, args, { cwd, env, show = false, graceMs = 5000 }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env,
      detached: true,
      stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'],
    });
    let output = '';
    child.stdout?.on('data', (chunk) => (output += chunk));
    child.stderr?.on('data', (chunk) => (output += chunk));
    const pid = child.pid ?? 0;
    if (pid > 0) watchOver(pid, graceMs);
    child.on('error', (error) => {
      groups.delete(pid);
      reject(error);
    });
    child.on('close', (code, endedBy) => {
      groups.delete(pid);
      // Whoever waits has nothing to say any more when the child was stopped by us.
      if (!stopping) resolve({ code: code ?? 128 + constants.signals[endedBy ?? 'SIGKILL'], output, pid });
    });
  });
}

/**
 * @param {number} pid
 * @param {number} graceMs
 */
function watchOver(pid, graceMs) {
  groups.set(pid, graceMs);
  if (process.listenerCount('SIGTERM', stopAll) > 0) return;
  for (const name of fatalSignals) process.on(name, stopAll);
}

let stopping = false;

/** @param {NodeJS.Signals} name */
function stopAll(name) {
  if (stopping) return;
  stopping = true;
  const asked = [...groups.keys()];
  const graceMs = Math.max(0, ...groups.values());
  for (const pid of asked) signal(-pid, name);
  const askedMs = Date.now();
  const timer = setInterval(() => {
    const alive = asked.filter(isGroupRunning);
    const waitedMs = Date.now() - askedMs;
    if (waitedMs > graceMs) for (const pid of alive) signal(-pid, 'SIGKILL');
    // Waits for the killed as well: a process that is gone before its children leaves them to nobody.
    if (alive.length > 0 && waitedMs < graceMs + 1000) return;
    clearInterval(timer);
    process.exit(128 + constants.signals[name]);
  }, 20);
}
