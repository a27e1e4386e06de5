import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { bareEnvironment } from '../start/server-process.ts';
import type {
  NamedToken,
  Run,
  VerifierAnswer,
  VerifierQuestion,
  VerifierSettings,
} from './verifier-messages.ts';

const PATIENCE_MS = 30_000;
const SCRIPT = new URL('verifier-child.ts', import.meta.url);

type AnswerOf<Kind extends VerifierAnswer['kind']> = Extract<VerifierAnswer, { readonly kind: Kind }>;

/** A service with a remote verifier, in a process of its own. */
export interface VerifierProcess {
  readonly name: string;
  /** Starts it, anew after `kill` or `close`; resolves once it verifies. */
  start(): Promise<void>;
  sample(tokens: readonly NamedToken[]): Promise<void>;
  runs(): Promise<readonly Run[]>;
  codes(tokens: readonly NamedToken[]): Promise<readonly string[]>;
  status(): Promise<AnswerOf<'status'>>;
  /** Ends it in good order. */
  close(): Promise<void>;
  kill(): Promise<void>;
}

export function createVerifierProcess(settings: VerifierSettings): VerifierProcess {
  let child: ChildProcess | undefined;
  let exited: Promise<unknown> = Promise.resolve();
  /** Hears the next answer, or that there will be none. */
  let hear: (answer: VerifierAnswer | undefined) => void = () => undefined;
  /** One question at a time, so that answers find who asked. */
  let line: Promise<unknown> = Promise.resolve();

  function next<Kind extends VerifierAnswer['kind']>(kind: Kind): Promise<AnswerOf<Kind>> {
    return new Promise((resolve, reject) => {
      const fail = (what: string) => reject(new Error(`${settings.name} ${what} in place of ${kind}`));
      const timer = setTimeout(() => fail('says nothing'), PATIENCE_MS);
      hear = (answer) => {
        clearTimeout(timer);
        if (answer?.kind === kind) resolve(answer as AnswerOf<Kind>);
        else fail(answer === undefined ? 'has ended' : `says ${answer.kind}`);
      };
    });
  }

  function ask<Kind extends VerifierQuestion['ask']>(
    question: VerifierQuestion & { ask: Kind },
  ): Promise<AnswerOf<Kind>> {
    const answer = line.then(() => {
      const heard = next(question.ask);
      child?.send(question);
      return heard;
    });
    line = answer.catch(() => undefined);
    return answer;
  }

  async function kill(): Promise<void> {
    child?.kill('SIGKILL');
    await exited;
    child = undefined;
  }

  return {
    name: settings.name,
    async start() {
      const started = fork(SCRIPT, {
        env: { ...bareEnvironment(), CHAOS_VERIFIER: JSON.stringify(settings) },
        execArgv: ['--conditions=watchword-source', '--no-warnings'],
      });
      started.on('message', (answer) => hear(answer as VerifierAnswer));
      started.on('exit', () => hear(undefined));
      child = started;
      exited = once(started, 'exit');
      await next('ready');
    },
    sample: async (tokens) => void (await ask({ ask: 'sample', tokens })),
    runs: async () => (await ask({ ask: 'runs' })).runs,
    codes: async (tokens) => (await ask({ ask: 'codes', tokens })).codes,
    status: () => ask({ ask: 'status' }),
    async close() {
      await ask({ ask: 'close' });
      await kill();
    },
    kill,
  };
}
