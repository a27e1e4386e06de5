import { readFileSync } from 'node:fs';

const folder = new URL('../../../../../vectors/', import.meta.url);

/** One of the repository's vector files; each says in `source` where its values come from. */
export function readVectors<Vectors>(name: string): Vectors & { readonly source: string } {
  return JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Vectors & { readonly source: string };
}

export function fromHex(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
