import { styleText } from 'node:util';
import type { GeneratedKeyPair, KeyFormat } from './generate-key-pair.ts';
import type { GeneratedSecret } from './generate-secret.ts';
import { hasColours, print, type Terminal } from '../terminal.ts';
import { writeKeyFiles } from './write-key-files.ts';

export async function deliverSecret(
  secret: GeneratedSecret,
  delivery: Delivery,
  terminal: Terminal,
): Promise<void> {
  const { file, json } = delivery;
  if (file !== undefined) await writeKeyFiles([{ path: file, content: `${secret.secret}\n`, mode: 0o600 }]);
  if (json) {
    const { secret: text, ...about } = secret;
    await printJson(terminal, file === undefined ? { ...about, secret: text } : { ...about, file });
  } else if (file === undefined) {
    await print(terminal.stdout, `${secret.secret}\n`);
  }
  await hint(terminal, [
    file === undefined
      ? `${secret.bytes} random bytes. Keep them out of git, and out of anything that others can read.`
      : `Wrote ${secret.bytes} random bytes to ${file}, which only you can read. WATCHWORD_SECRET_FILE may name it.`,
  ]);
}

export async function deliverKeyPair(
  pair: GeneratedKeyPair,
  format: KeyFormat,
  delivery: Delivery,
  terminal: Terminal,
): Promise<void> {
  const { file, json, withPublic } = delivery;
  const half = { private: asText(pair, format, 'private'), public: asText(pair, format, 'public') };
  const publicFile = `${file}.pub`;
  if (file !== undefined) {
    await writeKeyFiles([
      { path: file, content: half.private, mode: 0o600 },
      { path: publicFile, content: half.public, mode: 0o644 },
    ]);
  }
  if (json) {
    const about = { kind: pair.kind, algorithm: pair.algorithm, kid: pair.kid, format };
    const keys = { private: pair[format].private, public: pair[format].public };
    const { private: _, ...onlyPublic } = keys;
    const files = { file, public_file: publicFile };
    await printJson(
      terminal,
      file === undefined ? { ...about, ...keys } : { ...about, ...files, ...onlyPublic },
    );
  } else {
    const text = (file === undefined ? half.private : '') + (withPublic ? half.public : '');
    if (text !== '') await print(terminal.stdout, text);
  }
  await hint(terminal, [
    `${pair.algorithm}, kid ${pair.kid}`,
    file === undefined
      ? 'The private key is not kept anywhere else. Keep it out of git, and out of anything that others can read.'
      : `Wrote the private key to ${file}, which only you can read, and the public one to ${publicFile}.`,
  ]);
}

/** Where a key goes. */
export interface Delivery {
  /** A new file; standard output if there is none. */
  readonly file: string | undefined;
  /** One JSON object on standard output. What went into a private file is not repeated in it. */
  readonly json: boolean;
  /** The public half on standard output as well. */
  readonly withPublic: boolean;
}

function asText(pair: GeneratedKeyPair, format: KeyFormat, half: 'private' | 'public'): string {
  return format === 'pem' ? pair.pem[half] : `${JSON.stringify(pair.jwk[half])}\n`;
}

async function printJson(terminal: Terminal, value: object): Promise<void> {
  await print(terminal.stdout, `${JSON.stringify(value)}\n`);
}

/** For a person at a terminal only: scripts and log files get nothing that they did not ask for. */
async function hint({ stderr, environment }: Terminal, lines: readonly string[]): Promise<void> {
  if (stderr.isTTY !== true) return;
  const text = lines.join('\n');
  const dim = hasColours(stderr, environment) ? styleText('dim', text, { validateStream: false }) : text;
  await print(stderr, `${dim}\n`);
}
