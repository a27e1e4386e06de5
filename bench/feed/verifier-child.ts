// A service with a remote verifier, in a process of its own.
import { createVerifier, WatchwordError } from 'watchword/verifier';
import type { VerifierAnswer, VerifierQuestion } from './verifier-messages.ts';

/** How often a service verifies, and how many requests it has then: 1,000 a second. */
const LOAD_EVERY_MS = 10;
const LOAD_AT_ONCE = 10;
const LOOK_EVERY_MS = 1;

const { ISSUER = '', SERVER = '', CLIENT_ID = '', CLIENT_SECRET = '', NAME = '' } = process.env;
const verifier = createVerifier({
  issuer: ISSUER,
  audience: ISSUER,
  jwksUri: `${SERVER}/.well-known/jwks.json`,
  feed: { clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, name: NAME, url: `${SERVER}/feed` },
});
let verified = 0;

function refusal(token: string): string | undefined {
  try {
    verifier.verify(token);
    verified += 1;
    return undefined;
  } catch (error) {
    return error instanceof WatchwordError ? error.code : String(error);
  }
}

function load(tokens: readonly string[]): void {
  let next = 0;
  setInterval(() => {
    for (let done = 0; done < LOAD_AT_ONCE; done += 1) {
      const code = refusal(tokens[next] ?? '');
      if (code !== undefined) throw new Error(`a good token was refused: ${code}`);
      next = (next + 1) % tokens.length;
    }
  }, LOAD_EVERY_MS);
}

function watch(token: string): void {
  const early = refusal(token);
  if (early !== undefined) throw new Error(`a token was refused before it was revoked: ${early}`);
  const timer = setInterval(() => {
    const code = refusal(token);
    if (code === undefined) return;
    clearInterval(timer);
    answer({ kind: 'refused', code, atNs: String(process.hrtime.bigint()) });
  }, LOOK_EVERY_MS);
  answer({ kind: 'watching' });
}

process.on('message', (question: VerifierQuestion) => {
  switch (question.ask) {
    case 'load':
      return load(question.tokens);
    case 'watch':
      return watch(question.token);
    case 'verified':
      return answer({ kind: 'verified', count: verified });
  }
});
process.once('disconnect', () => process.exit(1));

function answer(message: VerifierAnswer): void {
  process.send?.(message);
}

await verifier.ready();
answer({ kind: 'ready' });
