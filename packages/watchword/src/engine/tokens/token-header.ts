import { readJwsHeader } from '../../crypto/jws/compact.ts';
import { parseKeyId, type KeyId } from '../../domain/ids.ts';

/** What a header says, none of it proven. */
export interface TokenHeader {
  readonly algorithm: unknown;
  /** `undefined` where the `kid` is missing or could be none of ours. */
  readonly keyId: KeyId | undefined;
  /** The `typ` in lower case; `''` where there is none. */
  readonly type: string;
}

export type HeaderReading = TokenHeader | { readonly fault: string };

/** All tokens of one key and kind begin alike, so that very few are worth remembering. */
const MOST_REMEMBERED = 64;

/** Remembers headers, so that each spelling is read once: each is the first part of a token whose signature was right. */
export class HeaderMemory {
  readonly #known = new Map<string, TokenHeader>();

  known(text: string): TokenHeader | undefined {
    return this.#known.get(text);
  }

  remember(text: string, header: TokenHeader): void {
    if (this.#known.size >= MOST_REMEMBERED) this.#known.clear();
    this.#known.set(text, header);
  }
}

/** Reads one that is not known. */
export function readHeader(text: string): HeaderReading {
  const reading = readJwsHeader(text);
  if ('fault' in reading) return reading;
  const { header } = reading;
  const { typ = '' } = header;
  const isType = typeof typ === 'string' && /^[!-~]*$/.test(typ);
  return {
    algorithm: header['alg'],
    keyId: parseKeyId(header['kid']),
    // What is no media type is no kind's.
    type: isType ? typ.toLowerCase() : '*',
  };
}
