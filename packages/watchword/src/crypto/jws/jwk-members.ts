import { KeyRefusedError } from '../../errors/watchword-error.ts';
import { decodeBase64url } from '../base64url.ts';

/** The members of a JWK, its own alone. */
export type JwkMembers = Readonly<Record<string, unknown>>;

/** Anything that is not an object with members of its own is refused: no text or bytes that might be a key. */
export function jwkMembers(jwk: unknown): JwkMembers {
  if (typeof jwk !== 'object' || jwk === null || !Object.hasOwn(jwk, 'kty')) {
    throw new KeyRefusedError(
      'A key is a JWK (RFC 7517), an object with the member `kty`. PEM is read by `parseKey`, which is told its algorithm.',
    );
  }
  return Object.assign(Object.create(null) as object, jwk) as JwkMembers;
}

/** The text of a member that has to be there. */
export function textMember(jwk: JwkMembers, name: string): string {
  const value = jwk[name];
  if (typeof value === 'string') return value;
  throw new KeyRefusedError(`The member \`${name}\` of the JWK is missing or no string.`);
}

/** Octets in base64url, of exactly `length` where one is given. */
export function octetsMember(jwk: JwkMembers, name: string, length?: number): Uint8Array {
  const bytes = decodeBase64url(textMember(jwk, name));
  if (bytes === undefined || bytes.length === 0) {
    throw new KeyRefusedError(
      `The member \`${name}\` of the JWK is not base64url: no padding, no spare bits, not empty.`,
    );
  }
  if (length !== undefined && bytes.length !== length) {
    throw new KeyRefusedError(
      `The member \`${name}\` of the JWK has ${bytes.length} bytes, and should have ${length}.`,
    );
  }
  return bytes;
}

/** RFC 7518 §2, Base64urlUInt: “The octet sequence MUST utilize the minimum number of octets needed to represent the value.” */
export function integerMember(jwk: JwkMembers, name: string, mostBytes: number): string {
  // Before anything computes with it.
  if (textMember(jwk, name).length > Math.ceil((mostBytes * 4) / 3)) {
    throw new KeyRefusedError(`The member \`${name}\` of the JWK has more than ${mostBytes} bytes.`);
  }
  if (octetsMember(jwk, name)[0] === 0) {
    throw new KeyRefusedError(
      `The member \`${name}\` of the JWK begins with a zero byte: a Base64urlUInt has no more bytes than it needs.`,
    );
  }
  return textMember(jwk, name);
}
