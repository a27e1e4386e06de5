import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Cleanup } from './cleanup.ts';
import { giveTo, type Account } from './unprivileged.ts';

/** What can be done to every private server. */
export interface TestServer {
  readonly port: number;
  /** Of the running process; changes when it is started again. */
  readonly pid: number;
  readonly folder: string;
  /** What it has written to its log so far. */
  readLog(): string;
  /** Starts it again after `stop` or `kill`, with the same port and folder. */
  start(): Promise<void>;
  /** Asks it to end, and waits until it has. */
  stop(): Promise<void>;
  /** Ends it and all its children from one moment to the next, as a crash of the machine does. */
  kill(): Promise<void>;
  /** Freezes it and all its children: connections stay open and nobody answers. */
  pause(): void;
  resume(): void;
  /** Ends it and removes its folder. */
  close(): Promise<void>;
}

interface Program {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly account?: Account | undefined;
  /** How it is asked to end. */
  readonly stopSignal: NodeJS.Signals;
  /** Its quickest end in which it still takes its children along. */
  readonly closeSignal: NodeJS.Signals;
  isReady(pid: number): Promise<boolean> | boolean;
}

const patienceMs = 20_000;
const noChange = new Int32Array(new SharedArrayBuffer(4));

/** One program in a folder of its own, which ends with the process that started it. */
export class ServerProcess {
  readonly folder: string;
  #program: Program | undefined;
  #child: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();
  readonly #endNow = (): void => {
    const family = this.#hasEnded() ? [] : this.#family();
    this.resume();
    this.#child?.kill(this.#program?.closeSignal);
    // Nothing asynchronous happens any more in a process that exits.
    for (let tries = 0; tries < 100 && family.some(isRunning); tries += 1) Atomics.wait(noChange, 0, 0, 10);
    rmSync(this.folder, { recursive: true, force: true });
  };

  constructor(name: string, account: Account | undefined, cleanup: Cleanup | undefined) {
    this.folder = mkdtempSync(join(tmpdir(), `watchword-${name}-`));
    giveTo(account, this.folder);
    process.once('exit', this.#endNow);
    cleanup?.after(() => this.close());
  }

  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined || this.#hasEnded()) throw new Error('The server does not run.');
    return pid;
  }

  readLog(): string {
    const file = join(this.folder, 'log');
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }

  async run(program: Program): Promise<void> {
    this.#program = program;
    await this.start();
  }

  async start(): Promise<void> {
    const program = this.#started();
    const log = openSync(join(this.folder, 'log'), 'a');
    const [command, args] = bound(program);
    const child = spawn(command, args, {
      cwd: this.folder,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    child.unref();
    this.#child = child;
    this.#ended = new Promise((resolve) => {
      child.once('exit', () => resolve());
      child.once('error', () => resolve());
    });
    const deadline = performance.now() + patienceMs;
    while (!(await program.isReady(child.pid ?? 0))) {
      if (this.#hasEnded() || performance.now() > deadline) {
        const last = this.readLog().trimEnd().split('\n').slice(-10).join('\n');
        throw new Error(`${program.name} did not start. The last lines of its log:\n${last}`);
      }
      await pause(10);
    }
  }

  async stop(signal: NodeJS.Signals = this.#started().stopSignal): Promise<void> {
    this.resume();
    await this.#end(() => this.#child?.kill(signal));
  }

  async kill(): Promise<void> {
    await this.#end(() => this.#signalAll('SIGKILL'));
  }

  pause(): void {
    this.#signalAll('SIGSTOP');
  }

  resume(): void {
    this.#signalAll('SIGCONT');
  }

  async close(): Promise<void> {
    if (this.#program !== undefined) await this.stop(this.#program.closeSignal);
    process.removeListener('exit', this.#endNow);
    rmSync(this.folder, { recursive: true, force: true });
  }

  #started(): Program {
    if (this.#program === undefined) throw new Error('The server was never started.');
    return this.#program;
  }

  #hasEnded(): boolean {
    const child = this.#child;
    return child?.pid === undefined || child.exitCode !== null || child.signalCode !== null;
  }

  /** Also waits for the children, which hold on to ports and shared memory as long as they live. */
  async #end(ask: () => unknown): Promise<void> {
    if (this.#hasEnded()) return;
    const family = this.#family();
    ask();
    // Whoever waits for the end may have nothing else that keeps it alive.
    this.#child?.ref();
    const isLate = pause(patienceMs, true, { ref: false });
    if ((await Promise.race([this.#ended, isLate])) === true) {
      this.#signalAll('SIGKILL');
      throw new Error(`${this.#started().name} did not end when it was asked to; it was killed.`);
    }
    while (family.some(isRunning)) await pause(5);
  }

  #signalAll(signal: NodeJS.Signals): void {
    if (this.#hasEnded()) return;
    const told = new Set<number>();
    // Again until nobody is new: a parent that is not frozen yet may have another child.
    for (let isNew = true; isNew;) {
      isNew = false;
      for (const pid of this.#family()) {
        if (told.has(pid)) continue;
        told.add(pid);
        isNew = true;
        attempt(() => process.kill(pid, signal));
      }
    }
  }

  /** Its process id and those of its children. */
  #family(): number[] {
    const parent = this.#child?.pid;
    if (parent === undefined) return [];
    return [parent, ...processes().filter((pid) => statusOf(pid)?.parent === parent)];
  }
}

/**
 * The command line that makes the program end when this process does, however that comes about: the kernel sees to it.
 * The signal is forgotten when a program changes its user, so that both are done by one command, in this order.
 */
function bound({ command, args, account, closeSignal }: Program): [string, string[]] {
  if (process.platform !== 'linux') return [command, [...args]];
  const user =
    account === undefined ? [] : [`--reuid=${account.uid}`, `--regid=${account.gid}`, '--clear-groups'];
  return ['setpriv', [...user, `--pdeathsig=${closeSignal.slice(3)}`, '--', command, ...args]];
}

function processes(): number[] {
  return process.platform === 'linux' ? readdirSync('/proc').map(Number).filter(Number.isInteger) : [];
}

function isRunning(pid: number): boolean {
  return (statusOf(pid)?.state ?? 'Z') !== 'Z';
}

/** The second field is the command's name in brackets and may hold anything. */
function statusOf(pid: number): { state: string; parent: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state = '', parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state, parent: Number(parent) };
  } catch {
    return undefined;
  }
}

function attempt(step: () => unknown): void {
  try {
    step();
  } catch {
    // It ended a moment ago.
  }
}
