import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { VerifierAnswer, VerifierQuestion } from './verifier-messages.ts';

const PATIENCE_MS = 60_000;

export interface VerifierProcess {
  load(tokens: readonly string[]): void;
  /** Resolves once the token is watched; the promise in the answer resolves with when it was refused, in nanoseconds. */
  watch(token: string): Promise<{ readonly refused: Promise<bigint> }>;
  verified(): Promise<number>;
  end(): Promise<void>;
}

export interface VerifierProcessOptions {
  readonly issuer: string;
  /** Which server it follows. */
  readonly server: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly name: string;
}

export async function startVerifierProcess(options: VerifierProcessOptions): Promise<VerifierProcess> {
  const { issuer, server, clientId, clientSecret, name } = options;
  const child = fork(new URL('verifier-child.ts', import.meta.url), {
    env: {
      ...process.env,
      ISSUER: issuer,
      SERVER: server,
      CLIENT_ID: clientId,
      CLIENT_SECRET: clientSecret,
      NAME: name,
    },
    execArgv: ['--conditions=watchword-source'],
  });
  const exited = once(child, 'exit');
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);

  function next<Kind extends VerifierAnswer['kind']>(kind: Kind) {
    return new Promise<Extract<VerifierAnswer, { readonly kind: Kind }>>((resolve, reject) => {
      const timer = setTimeout(() => fail(`said nothing of ${kind} for a minute`), PATIENCE_MS);
      const onExit = () => fail('has ended');
      const onMessage = (message: unknown) => {
        const answer = message as VerifierAnswer;
        if (answer.kind !== kind) return;
        stopListening();
        resolve(answer as Extract<VerifierAnswer, { readonly kind: Kind }>);
      };
      function stopListening(): void {
        clearTimeout(timer);
        child.off('exit', onExit).off('message', onMessage);
      }
      function fail(what: string): void {
        stopListening();
        reject(new Error(`the verifier ${name} ${what}`));
      }
      child.on('exit', onExit).on('message', onMessage);
    });
  }

  const ask = (question: VerifierQuestion) => void child.send(question);
  await next('ready');
  return {
    load: (tokens) => ask({ ask: 'load', tokens }),
    async watch(token) {
      const refused = next('refused').then(({ code, atNs }) => {
        if (code !== 'ERR_TOKEN_REVOKED') throw new Error(`a revoked token was refused with ${code}`);
        return BigInt(atNs);
      });
      const watching = next('watching');
      ask({ ask: 'watch', token });
      await watching;
      return { refused };
    },
    async verified() {
      const answer = next('verified');
      ask({ ask: 'verified' });
      return (await answer).count;
    },
    async end() {
      kill();
      await exited;
      process.off('exit', kill);
    },
  };
}
