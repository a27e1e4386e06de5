import { decodeBase64url } from './base64url.ts';

const HEX = /^(?:[0-9a-f]{2})+$|^(?:[0-9A-F]{2})+$/;

/** The bytes that a secret's text spells, in hex or in base64url; `undefined` if it is neither. */
export function parseSecretText(text: string): Uint8Array | undefined {
  if (HEX.test(text)) {
    return Uint8Array.from({ length: text.length / 2 }, (_, index) =>
      Number.parseInt(text.slice(index * 2, index * 2 + 2), 16),
    );
  }
  return text === '' ? undefined : decodeBase64url(text);
}
