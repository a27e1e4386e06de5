import { encodeBase64url } from '../crypto/base64url.ts';
import { judgeSecret } from '../engine/secrets/judge-secret.ts';
import { ConfigurationError } from '../errors/watchword-error.ts';
import { readEnvironment, variablesWithValue } from '../platform/environment.ts';
import { createSecretFile, readSecretFile } from '../platform/secret-file.ts';
import type { Random } from '../ports/random.ts';
import type { SecretSource } from '../ports/secret-source.ts';

const MAKE_ONE = 'Make one with `npx @watchword/cli keygen`, or with `openssl rand -hex 32`.';
const SECRET_BYTES = 32;

export interface SecretChoice {
  readonly option: string | SecretSource | undefined;
  readonly production: boolean;
  /** Where a development secret may be kept; `undefined` for stores that keep nothing. */
  readonly developmentPath: string | undefined;
}

/** Finds the installation's secret, refuses a bad one, and gives its bytes. */
export async function obtainSecret(choice: SecretChoice, random: Random): Promise<Uint8Array> {
  const source = chooseSource(choice, random);
  const read: unknown = await source.read();
  if (typeof read !== 'string') throw new ConfigurationError(`${source.name} is not a text. ${MAKE_ONE}`);
  const text = read.trim();
  const verdict = judgeSecret(text);
  if (verdict.kind === 'refused') throw new ConfigurationError(`${source.name} ${verdict.why}. ${MAKE_ONE}`);
  refuseSharedSecret(source.name, text, typeof choice.option === 'string' ? 1 : 0);
  return verdict.bytes;
}

function chooseSource({ option, production, developmentPath }: SecretChoice, random: Random): SecretSource {
  if (typeof option === 'string') return { name: 'The option `secret`', read: async () => option };
  if (option !== undefined) {
    if (typeof option?.read === 'function') return option;
    throw new ConfigurationError(
      `The option \`secret\` has to be a text or a source with \`read()\`. ${MAKE_ONE}`,
    );
  }
  const variable = readEnvironment('WATCHWORD_SECRET');
  const path = readEnvironment('WATCHWORD_SECRET_FILE');
  if (variable !== undefined && path !== undefined) {
    throw new ConfigurationError('Set WATCHWORD_SECRET or WATCHWORD_SECRET_FILE, not both.');
  }
  if (variable !== undefined) return { name: 'WATCHWORD_SECRET', read: async () => variable };
  if (path !== undefined) return fileSource(path);
  if (production) {
    throw new ConfigurationError(
      'Production needs a secret: set WATCHWORD_SECRET, or WATCHWORD_SECRET_FILE to the path of a file that holds it. ' +
        MAKE_ONE,
    );
  }
  return developmentPath === undefined ? throwawaySource(random) : developmentSource(developmentPath, random);
}

function fileSource(path: string): SecretSource {
  return {
    name: 'The secret in WATCHWORD_SECRET_FILE',
    async read() {
      const file = await readSecretFile(path).catch((cause: unknown) => {
        throw new ConfigurationError(
          `The file that WATCHWORD_SECRET_FILE names cannot be read: ${reason(cause)}.`,
          { cause },
        );
      });
      if (file === undefined) {
        throw new ConfigurationError(`The file that WATCHWORD_SECRET_FILE names does not exist. ${MAKE_ONE}`);
      }
      if (file.readableByOthers) {
        throw new ConfigurationError(
          'The file that WATCHWORD_SECRET_FILE names can be read by everybody on this machine. Run `chmod 600` on it.',
        );
      }
      return file.text;
    },
  };
}

function developmentSource(path: string, random: Random): SecretSource {
  return {
    name: `The development secret in ${path}`,
    async read() {
      const file = await readSecretFile(path);
      if (file === undefined) return createSecretFile(path, freshSecret(random));
      if (file.readableByOthers || file.readableByGroup) {
        throw new ConfigurationError(
          `The secret in ${path} can be read by others. Run \`chmod 600 ${path}\`.`,
        );
      }
      return file.text;
    },
  };
}

/** A store that forgets everything needs no secret that outlives the process. */
function throwawaySource(random: Random): SecretSource {
  return { name: 'The secret of this process', read: async () => freshSecret(random) };
}

function freshSecret(random: Random): string {
  return encodeBase64url(random.bytes(SECRET_BYTES));
}

/** One secret for two purposes: who learns it in the weaker place has it in the other. */
function refuseSharedSecret(sourceName: string, text: string, ownVariables: number): void {
  const others = variablesWithValue(text).filter((name) => name !== 'WATCHWORD_SECRET');
  // An application that gives the option has read it from some variable: that one is not another purpose.
  if (others.length <= ownVariables) return;
  throw new ConfigurationError(
    `${sourceName} is also the value of ${others.join(' and ')}: give each its own. ${MAKE_ONE}`,
  );
}

function reason(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : 'unknown reason';
}
