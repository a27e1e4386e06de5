import { unlink } from 'node:fs/promises';
import { createKeyFile, fillKeyFile, KeyFileError } from '../keygen/write-key-files.ts';
import { jsonLine, showValue } from '../output/show-value.ts';
import { Stop } from '../stop.ts';
import { print, type Terminal } from '../terminal.ts';
import type { ClientWithSecret } from './admin-client.ts';

export interface SecretOptions {
  readonly out?: string;
  readonly json?: boolean;
}

export const OUT_OPTION = [
  '-o, --out <file>',
  'write the secret to a new file that only you can read (0600)',
] as const;

/**
 * Makes a client's secret and hands it over, the only time that it is told. The file is there before the secret is, so that a wrong
 * name costs nothing.
 */
export async function deliverClientSecret(
  terminal: Terminal,
  { out, json }: SecretOptions,
  make: () => Promise<ClientWithSecret>,
): Promise<void> {
  const made = out === undefined ? await make() : await intoFile(out, make);
  const { client, secret } = made;
  if (json === true) {
    await print(terminal.stdout, jsonLine(out === undefined ? made : { client, file: out }));
  } else if (out === undefined) {
    await print(terminal.stdout, `${secret}\n`);
  }
  if (json === true) return;
  const where = out === undefined ? 'It is shown this once' : `It is in ${showValue(out)} and nowhere else`;
  await print(terminal.stderr, `The secret of the client ${showValue(client.id)}. ${where}.\n`);
}

async function intoFile(path: string, make: () => Promise<ClientWithSecret>): Promise<ClientWithSecret> {
  const handle = await orStop(createKeyFile({ path, mode: 0o600 }), '');
  try {
    const made = await make();
    const content = `${made.secret}\n`;
    const lost = ` The secret is lost: watchword clients rotate ${showValue(made.client.id)}`;
    await orStop(fillKeyFile({ path, content, mode: 0o600 }, handle), lost);
    return made;
  } catch (error) {
    await unlink(path).catch(() => {});
    throw error;
  } finally {
    await handle.close();
  }
}

async function orStop<Result>(work: Promise<Result>, consequence: string): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof KeyFileError)) throw error;
    throw new Stop(2, `error: ${error.message}${consequence}`);
  }
}
