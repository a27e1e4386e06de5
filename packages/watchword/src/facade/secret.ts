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
  /** Whether what the secret guards outlives the process: a test may have its secret in the open. */
  readonly durable: boolean;
}

/** What the search for a secret needs from outside. */
export interface SecretSurroundings {
  readonly random: Random;
  /** The path of a file under version control that holds the text. */
  readonly findTrackedFile: (text: string) => Promise<string | undefined>;
}

/** Finds the installation's secret, refuses a bad one, and gives its bytes. */
export async function obtainSecret(
  choice: SecretChoice,
  { random, findTrackedFile }: SecretSurroundings,
): Promise<Uint8Array> {
  const named = namedSource(choice.option);
  const source = named ?? unnamedSource(choice, random);
  const { text, bytes } = await readSecret(source);
  refuseSharedSecret(source.name, text, typeof choice.option === 'string' ? 1 : 0);
  if (named !== undefined && choice.durable) {
    refuseTrackedSecret(source.name, await findTrackedFile(text));
  }
  return bytes;
}

/** The secret before, where one is named; it is judged no more strictly than it was when it was the newest. */
export async function obtainFormerSecret(
  option: string | SecretSource | undefined,
): Promise<Uint8Array | undefined> {
  const source = givenSource(option, 'formerSecret') ?? environmentSource('WATCHWORD_FORMER_SECRET');
  return source && (await readSecret(source)).bytes;
}

async function readSecret(
  source: SecretSource,
): Promise<{ readonly text: string; readonly bytes: Uint8Array }> {
  const read: unknown = await source.read();
  if (typeof read !== 'string') throw new ConfigurationError(`${source.name} is not a text. ${MAKE_ONE}`);
  const text = read.trim();
  const verdict = judgeSecret(text);
  if (verdict.kind === 'refused') throw new ConfigurationError(`${source.name} ${verdict.why}. ${MAKE_ONE}`);
  return { text, bytes: verdict.bytes };
}

function namedSource(option: string | SecretSource | undefined): SecretSource | undefined {
  return givenSource(option, 'secret') ?? environmentSource('WATCHWORD_SECRET');
}

function unnamedSource({ production, developmentPath, durable }: SecretChoice, random: Random): SecretSource {
  // One that is thrown away would lock the next process out of what this one seals.
  const hasNoPlace = durable && developmentPath === undefined;
  if (production || hasNoPlace) {
    throw new ConfigurationError(
      `${production ? 'Production' : 'A database that several machines may share'} needs a secret: set WATCHWORD_SECRET, or ` +
        `WATCHWORD_SECRET_FILE to the path of a file that holds it. ${MAKE_ONE}`,
    );
  }
  return developmentPath === undefined ? throwawaySource(random) : developmentSource(developmentPath, random);
}

function givenSource(
  option: string | SecretSource | undefined,
  name: 'secret' | 'formerSecret',
): SecretSource | undefined {
  if (typeof option === 'string') return { name: `The option \`${name}\``, read: async () => option };
  if (option === undefined || typeof option?.read === 'function') return option;
  throw new ConfigurationError(
    `The option \`${name}\` has to be a text or a source with \`read()\`. ${MAKE_ONE}`,
  );
}

type SecretVariable = 'WATCHWORD_SECRET' | 'WATCHWORD_FORMER_SECRET';

/** From the variable itself, or from the file that `…_FILE` names. */
function environmentSource(name: SecretVariable): SecretSource | undefined {
  const fileName = `${name}_FILE`;
  const variable = readEnvironment(name);
  const path = readEnvironment(fileName);
  if (variable !== undefined && path !== undefined) {
    throw new ConfigurationError(`Set ${name} or ${fileName}, not both.`);
  }
  if (variable !== undefined) return { name, read: async () => variable };
  return path === undefined ? undefined : fileSource(path, fileName);
}

function fileSource(path: string, variable: string): SecretSource {
  return {
    name: `The secret in ${variable}`,
    async read() {
      const file = await readSecretFile(path).catch((cause: unknown) => {
        throw new ConfigurationError(`The file that ${variable} names cannot be read: ${reason(cause)}.`, {
          cause,
        });
      });
      if (file === undefined) {
        throw new ConfigurationError(`The file that ${variable} names does not exist. ${MAKE_ONE}`);
      }
      if (file.readableByOthers) {
        throw new ConfigurationError(
          `The file that ${variable} names can be read by everybody on this machine. Run \`chmod 600\` on it.`,
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

/** Whoever has a copy of the repository, or of its history, has the secret. */
function refuseTrackedSecret(sourceName: string, file: string | undefined): void {
  if (file === undefined) return;
  throw new ConfigurationError(
    `${sourceName} stands in ${JSON.stringify(file)}, a file that git tracks: everybody who has the repository has it, also when it is ` +
      `taken out again. Make another, and keep it in the environment or in a file that git ignores. ${MAKE_ONE}`,
  );
}

function reason(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : 'unknown reason';
}
