import { InvalidArgumentError, Option, type Command } from 'commander';
import { KEYGEN_HELP } from './keygen-help.ts';
import {
  EC_ALGORITHMS,
  ED25519_ALGORITHMS,
  generateKeyPair,
  KEY_FORMATS,
  RSA_ALGORITHMS,
  RSA_BITS,
  type EcCurve,
  type Ed25519Algorithm,
  type KeyFormat,
  type KeyPairRequest,
  type RsaAlgorithm,
  type RsaBits,
} from './generate-key-pair.ts';
import { generateSecret, SECRET_BYTES, SECRET_FORMATS, type SecretFormat } from './generate-secret.ts';
import { deliverKeyPair, deliverSecret, type Delivery } from './deliver-key.ts';
import { KeyFileError } from './write-key-files.ts';
import type { Terminal } from '../terminal.ts';

/** `watchword keygen`, with a subcommand for each kind of key; without one it makes a secret. */
export function addKeygenCommand(program: Command, terminal: Terminal): void {
  const keygen = program.command('keygen');
  keygen
    .description('Generate a secret or a signing key. Standard output carries the key and nothing else.')
    .usage('[secret|rsa|ec|ed25519] [options]')
    .addHelpText('after', KEYGEN_HELP.keygen)
    .configureOutput({
      ...keygen.configureOutput(),
      outputError: (text, write) => program.configureOutput().outputError?.(withRightOption(text), write),
    })
    .hook('preSubcommand', () => refuseUnknownKind(keygen));
  addSecret(keygen, terminal);
  addRsa(keygen, terminal);
  addEc(keygen, terminal);
  addEd25519(keygen, terminal);
}

interface DeliveryOptions {
  readonly out?: string;
  readonly json?: true;
  readonly public?: true;
}

function addSecret(keygen: Command, terminal: Terminal): void {
  const command = keygen.command('secret', { isDefault: true });
  command
    .summary('a random secret, for WATCHWORD_SECRET and HS256 (default)')
    .description(
      'Generate a random secret: what WATCHWORD_SECRET is made of, and a key for HS256, HS384 and HS512.',
    )
    .option(
      '-b, --bytes <count>',
      'how many random bytes: 32 for HS256, 48 for HS384, 64 for HS512',
      parseBytes,
      32,
    )
    .addOption(
      new Option('-f, --format <format>', 'how they are written').choices(SECRET_FORMATS).default('hex'),
    )
    .addHelpText('after', KEYGEN_HELP.secret)
    .action(async (options: DeliveryOptions & { bytes: number; format: SecretFormat }) => {
      const secret = generateSecret(options.bytes, options.format);
      await orRefuse(command, deliverSecret(secret, deliveryOf(options), terminal));
    });
  addDeliveryOptions(command);
}

function addRsa(keygen: Command, terminal: Terminal): void {
  const command = keygen.command('rsa');
  command
    .summary('an RSA key pair, for RS256 or PS256')
    .description('Generate an RSA key pair.')
    .option('-b, --bits <bits>', `size of the modulus: ${RSA_BITS.join(', ')}`, parseRsaBits, 3072)
    .addOption(algorithmOption(RSA_ALGORITHMS));
  addKeyPair(command, terminal, KEYGEN_HELP.rsa, ({ bits, alg }: { bits: RsaBits; alg: RsaAlgorithm }) => {
    return { kind: 'rsa', bits, algorithm: alg };
  });
}

function addEc(keygen: Command, terminal: Terminal): void {
  const command = keygen.command('ec');
  command
    .summary('an elliptic-curve key pair, for ES256, ES384 or ES512')
    .description('Generate an elliptic-curve key pair (ECDSA).')
    .option(
      '-c, --curve <curve>',
      `${CURVES.join(', ')}; the algorithm follows from it`,
      parseCurve,
      'P-256',
    );
  addKeyPair(command, terminal, KEYGEN_HELP.ec, ({ curve }: { curve: EcCurve }) => ({ kind: 'ec', curve }));
}

function addEd25519(keygen: Command, terminal: Terminal): void {
  const command = keygen.command('ed25519');
  command
    .summary('an Ed25519 key pair, for EdDSA')
    .description('Generate an Ed25519 key pair.')
    .addOption(algorithmOption(ED25519_ALGORITHMS));
  addKeyPair(command, terminal, KEYGEN_HELP.ed25519, ({ alg }: { alg: Ed25519Algorithm }) => {
    return { kind: 'ed25519', algorithm: alg };
  });
}

function addKeyPair<Options>(
  command: Command,
  terminal: Terminal,
  help: string,
  requestOf: (options: Options) => KeyPairRequest,
): void {
  command
    .addOption(
      new Option('-f, --format <format>', 'jwk has the algorithm and the kid in it; pem is PKCS#8')
        .choices(KEY_FORMATS)
        .default('jwk'),
    )
    .option('--public', 'print the public half as well')
    .addHelpText('after', help)
    .action(async (options: DeliveryOptions & { format: KeyFormat } & Options) => {
      const pair = await generateKeyPair(requestOf(options));
      await orRefuse(command, deliverKeyPair(pair, options.format, deliveryOf(options), terminal));
    });
  addDeliveryOptions(command);
}

function addDeliveryOptions(command: Command): void {
  command
    .option('-o, --out <file>', OUT_HELP, parseFileName)
    .option('--json', 'print one JSON object with the key and everything about it');
}

const OUT_HELP =
  'write a new file that only you can read (0600) instead; one that exists is never overwritten';

function algorithmOption(algorithms: readonly string[]): Option {
  return new Option('-a, --alg <algorithm>', 'the one algorithm of the key, for its JWK')
    .choices(algorithms)
    .default(algorithms[0]);
}

function deliveryOf({ out, json, public: withPublic }: DeliveryOptions): Delivery {
  // As everywhere: a single hyphen is standard output.
  return { file: out === '-' ? undefined : out, json: json === true, withPublic: withPublic === true };
}

async function orRefuse(command: Command, delivery: Promise<void>): Promise<void> {
  try {
    await delivery;
  } catch (error) {
    if (!(error instanceof KeyFileError)) throw error;
    command.showHelpAfterError(false).error(`error: ${error.message}`, { exitCode: 2 });
  }
}

function parseBytes(text: string): number {
  const bytes = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN;
  if (bytes >= SECRET_BYTES.least && bytes <= SECRET_BYTES.most) return bytes;
  throw new InvalidArgumentError('Write a number from 32 to 64: fewer can be guessed, more gain nothing.');
}

function parseRsaBits(text: string): number {
  const bits = RSA_BITS.find((known) => String(known) === text);
  if (bits !== undefined) return bits;
  throw new InvalidArgumentError(
    'Write 2048, 3072 or 4096: less is broken or refused by verifiers, more is only slow.',
  );
}

const CURVES = Object.keys(EC_ALGORITHMS) as EcCurve[];

/** `--out --json` is an `--out` whose file was forgotten. */
function parseFileName(name: string): string {
  if (name !== '' && (name === '-' || !name.startsWith('-'))) return name;
  throw new InvalidArgumentError('Write the name of a file, such as signing.jwk.');
}

/** `p256` means P-256 as well. */
function parseCurve(text: string): EcCurve {
  const curve = CURVES.find((known) => known.replace('-', '') === text.toUpperCase().replace('-', ''));
  if (curve !== undefined) return curve;
  throw new InvalidArgumentError(`Write one of ${CURVES.join(', ')}. For Ed25519: watchword keygen ed25519.`);
}

/** Without this, an unknown kind would be an argument too many of `secret`. */
function refuseUnknownKind(keygen: Command): void {
  const [kind] = keygen.args;
  const kinds = keygen.commands.map((command) => command.name());
  if (kind === undefined || kind.startsWith('-') || kinds.includes(kind)) return;
  keygen.error(`error: unknown kind of key '${kind}'. Write one of ${kinds.join(', ')}.`);
}

/** The likeliest mistake is an option of another kind of key, or the way other programs name the kind. */
function withRightOption(text: string): string {
  const flag = /unknown option '(--?[a-z]+)/.exec(text)?.[1] ?? '';
  const right = RIGHT_OPTIONS[flag];
  return right === undefined ? text : `error: unknown option '${flag}' here. ${right}\n`;
}

const RIGHT_OPTIONS: Readonly<Record<string, string>> = {
  '--bytes': 'It belongs to: watchword keygen secret',
  '--bits': 'It belongs to: watchword keygen rsa',
  '--curve': 'It belongs to: watchword keygen ec',
  '--alg': 'It belongs to: watchword keygen rsa, watchword keygen ed25519',
  '--public': 'It belongs to the kinds with a public half: rsa, ec, ed25519',
  '-t': 'The kind is a word of its own: watchword keygen rsa',
  '--type': 'The kind is a word of its own: watchword keygen rsa',
  '--kty': 'The kind is a word of its own: watchword keygen rsa',
};
