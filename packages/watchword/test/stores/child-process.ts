import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface Child {
  readonly process: ChildProcess;
  readonly pid: number;
  /** Sends a message and waits for the next one that the child sends. */
  ask<Answer>(question: unknown): Promise<Answer>;
  /** The next message that the child sends. */
  hear<Answer>(): Promise<Answer>;
  /** Ends it at once and waits until it is gone. */
  kill(): Promise<void>;
}

/** A script of `children/` in a process of its own, run from source. `wrap` goes before the command. */
export function startChild(script: string, args: readonly string[], wrap: readonly string[] = []): Child {
  const path = fileURLToPath(new URL(`children/${script}`, import.meta.url));
  const command = [
    ...wrap,
    process.execPath,
    '--conditions=watchword-source',
    '--no-warnings',
    path,
    ...args,
  ];
  const child = spawn(command[0] ?? '', command.slice(1), { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  const exited = once(child, 'exit');
  const heard: unknown[] = [];
  const listeners: ((message: unknown) => void)[] = [];
  child.on('message', (message) => {
    const listener = listeners.shift();
    if (listener === undefined) heard.push(message);
    else listener(message);
  });

  function hear<Answer>(): Promise<Answer> {
    const early = heard.shift();
    if (early !== undefined) return Promise.resolve(early as Answer);
    return new Promise((resolve, reject) => {
      listeners.push((message) => resolve(message as Answer));
      void exited.then(([code, signal]) => reject(new Error(`${script} ended: ${String(code ?? signal)}`)));
    });
  }

  return {
    process: child,
    pid: child.pid ?? Number.NaN,
    hear,
    ask: (question) => {
      const answer = hear();
      child.send(question as object);
      return answer as Promise<never>;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
