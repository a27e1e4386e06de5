import type { ErrorCode } from '../../../src/errors/catalogue.ts';
import { readFacts, wrongClaims, type TokenFacts } from './facts.ts';
import type { Library, Subject } from './judges.ts';

/** One disagreement of ours with one of theirs. */
export interface Disagreement {
  readonly subject: Subject;
  readonly library: Library;
  /** Our code; `undefined` where we took it and they did not. */
  readonly ours: ErrorCode | undefined;
  readonly token: string;
}

/** Why we and others may disagree: by what the token is, never by how it was made. */
export interface Explanation {
  readonly name: string;
  readonly why: string;
  readonly libraries: readonly Library[];
  /** Our codes that it explains; `taken` where we take what they refuse. */
  readonly ours: readonly (ErrorCode | 'taken')[];
  readonly subject?: Subject;
  /** Whether it depends on the moment if a run needs it. */
  readonly byChance?: true;
  readonly applies: (facts: TokenFacts, library: Library, subject: Subject) => boolean;
}

const ALL: readonly Library[] = ['jose', 'jsonwebtoken', 'fast-jwt'];

/** Claims of access tokens that general libraries cannot know. */
const OF_ACCESS_TOKENS = ['sub', 'jti', 'sid', 'client_id', 'ww_gen', 'scope', 'auth_time', 'amr'];
const LATEST_SECONDS = 253_402_300_799;

const isDate = (value: unknown): value is number =>
  typeof value === 'number' && value >= 0 && value <= LATEST_SECONDS;

export const EXPLANATIONS: readonly Explanation[] = [
  {
    name: 'lax base64url',
    why: 'RFC 7515 §2: base64url without padding, white space or other characters, and §3.5 of RFC 4648 lets spare bits be refused; they decode leniently.',
    libraries: ALL,
    ours: ['ERR_TOKEN_MALFORMED', 'ERR_TOKEN_SIGNATURE'],
    applies: ({ parts }) =>
      parts.some((part) => Buffer.from(part, 'base64url').toString('base64url') !== part),
  },
  {
    name: 'too long',
    why: 'We look at no token of more than 8192 characters; they have no limit.',
    libraries: ALL,
    ours: ['ERR_TOKEN_MALFORMED'],
    applies: ({ token }) => token.length > 8192,
  },
  {
    name: 'crit',
    why: 'RFC 7515 §4.1.11: crit is a list, not empty, and what is not understood is refused; jsonwebtoken never looks, fast-jwt not at what is falsy.',
    libraries: ['jsonwebtoken', 'fast-jwt'],
    ours: ['ERR_TOKEN_MALFORMED'],
    applies: ({ header }, library) =>
      header?.['crit'] !== undefined && (library === 'jsonwebtoken' || !header['crit']),
  },
  {
    name: 'b64',
    why: 'RFC 7797 §6: b64 means nothing without crit, and we do not implement it with one; it is refused and not ignored.',
    libraries: ALL,
    ours: ['ERR_TOKEN_MALFORMED'],
    applies: ({ header }) => header?.['b64'] !== undefined,
  },
  {
    name: 'repeated member',
    why: 'RFC 7515 §4 and RFC 7519 §4 let repeated members be refused; JSON.parse keeps the last one.',
    libraries: ALL,
    ours: ['ERR_TOKEN_MALFORMED'],
    applies: ({ repeats }) => repeats,
  },
  {
    name: '__proto__',
    why: 'A member of that name is refused: whoever copies it sets a prototype.',
    libraries: ALL,
    ours: ['ERR_TOKEN_MALFORMED'],
    applies: ({ names }) => names.includes('__proto__'),
  },
  {
    name: 'too deep',
    why: 'JSON nested more than 8 deep is refused.',
    libraries: ALL,
    ours: ['ERR_TOKEN_MALFORMED'],
    applies: ({ depth }) => depth > 8,
  },
  {
    name: 'byte order mark',
    why: 'RFC 8259 §8.1: none may be there; the TextDecoder of jose drops it.',
    libraries: ['jose'],
    ours: ['ERR_TOKEN_MALFORMED'],
    applies: ({ headerText, payloadText }) =>
      [headerText, payloadText].some((text) => text.startsWith('\ufeff')),
  },
  {
    name: 'broken UTF-8',
    why: 'RFC 7519 §7.2: the payload is UTF-8; they put replacement characters into it.',
    libraries: ALL,
    ours: ['ERR_TOKEN_MALFORMED'],
    subject: 'claims',
    applies: ({ isUtf8 }) => !isUtf8,
  },
  {
    name: 'empty payload',
    why: 'RFC 7515 lets a payload be empty (detached, appendix F); we take no empty part.',
    libraries: ['jose'],
    ours: ['ERR_TOKEN_MALFORMED'],
    subject: 'form',
    applies: ({ parts }) => parts.length === 3 && parts[1] === '',
  },
  {
    name: 'kid of no text',
    why: 'RFC 7515 §4.1.4: the kid is a string; with one key they do not look at it.',
    libraries: ALL,
    ours: ['ERR_TOKEN_KEY_UNKNOWN'],
    subject: 'form',
    applies: ({ header }) => header?.['kid'] !== undefined && typeof header['kid'] !== 'string',
  },
  {
    name: 'kid of another key',
    why: 'Our verifier finds its key by kid and no other way; with one key they do not look at it, nor does jose where it is missing.',
    libraries: ALL,
    ours: ['ERR_TOKEN_KEY_UNKNOWN'],
    subject: 'claims',
    applies: ({ header }) => header?.['kid'] !== 'k1',
  },
  {
    name: 'typ',
    why: 'RFC 8725 §3.11: types are told apart by typ; jsonwebtoken cannot be asked to.',
    libraries: ['jsonwebtoken'],
    ours: ['ERR_TOKEN_TYPE'],
    subject: 'claims',
    applies: ({ header }) => !/^(?:application\/)?at\+jwt$/i.test(String(header?.['typ'])),
  },
  {
    name: 'claims of access tokens',
    why: 'RFC 9068 §2.2: they have to be there, with their types; of these claims the others know at most that they are there, jsonwebtoken not even that.',
    libraries: ALL,
    ours: ['ERR_TOKEN_CLAIMS'],
    subject: 'claims',
    applies: ({ payload }, library) =>
      wrongClaims(payload).some((name) => OF_ACCESS_TOKENS.includes(name)) ||
      (library === 'jsonwebtoken' && ['exp', 'iat'].some((name) => payload?.[name] === undefined)),
  },
  {
    name: 'aud with others than texts',
    why: 'RFC 7519 §4.1.3: an array of strings; jose and jsonwebtoken look for one that fits, and not at the others.',
    libraries: ['jose', 'jsonwebtoken'],
    ours: ['ERR_TOKEN_CLAIMS'],
    subject: 'claims',
    applies: ({ payload }) => Array.isArray(payload?.['aud']) && wrongClaims(payload).includes('aud'),
  },
  {
    name: 'dates of no sense',
    why: 'RFC 7519 §2: a NumericDate is a number of seconds; negative ones and those after the year 9999 are refused, infinity above all.',
    libraries: ALL,
    ours: ['ERR_TOKEN_CLAIMS'],
    subject: 'claims',
    applies: ({ payload }) =>
      ['exp', 'nbf', 'iat'].some((name) => typeof payload?.[name] === 'number' && !isDate(payload[name])),
  },
  {
    name: 'iat of no number',
    why: 'RFC 7519 §4.1.6: the iat is a NumericDate; jsonwebtoken and fast-jwt look at it only for a greatest age.',
    libraries: ['jsonwebtoken', 'fast-jwt'],
    ours: ['ERR_TOKEN_CLAIMS'],
    subject: 'claims',
    applies: ({ payload }) => payload?.['iat'] !== undefined && typeof payload['iat'] !== 'number',
  },
  {
    name: 'iat to come',
    why: 'A token that was issued more than 30 s from now is refused; RFC 7519 leaves it open, and they do not look.',
    libraries: ALL,
    ours: ['ERR_TOKEN_NOT_YET_VALID'],
    subject: 'claims',
    applies: ({ payload, nowSeconds }) => isDate(payload?.['iat']) && payload['iat'] > nowSeconds + 25,
  },
  {
    name: 'exp within this second',
    why: 'RFC 7519 §4.1.4: not on or after the exp; we look at milliseconds, they at whole seconds.',
    libraries: ALL,
    ours: ['ERR_TOKEN_EXPIRED'],
    byChance: true,
    subject: 'claims',
    applies: ({ payload, nowSeconds }) =>
      isDate(payload?.['exp']) && Math.abs(payload['exp'] - nowSeconds) < 2,
  },
  {
    name: 'nbf within the skew',
    why: 'RFC 7519 §4.1.5: some small leeway may be given: 30 s with us, none with them unless they are told.',
    libraries: ALL,
    ours: ['taken'],
    subject: 'claims',
    applies: ({ payload, nowSeconds }) =>
      isDate(payload?.['nbf']) && payload['nbf'] > nowSeconds - 2 && payload['nbf'] <= nowSeconds + 30,
  },
  {
    name: 'payload of no JSON object',
    why: 'RFC 7515 §3: a JWS has any bytes; fast-jwt and jsonwebtoken are for JWT only.',
    libraries: ['fast-jwt', 'jsonwebtoken'],
    ours: ['taken'],
    subject: 'form',
    applies: ({ payload }) => payload === undefined,
  },
  {
    name: 'Ed25519 in a set of keys',
    why: 'RFC 9864 §2.2: Ed25519 is EdDSA with an Ed25519 key; jose compares the names when it looks into a set.',
    libraries: ['jose'],
    ours: ['taken'],
    subject: 'claims',
    applies: ({ header }) => header?.['alg'] === 'Ed25519',
  },
  {
    name: 'Ed25519 by its own name',
    why: 'RFC 9864 §2.2 names EdDSA with Ed25519 so; fast-jwt does not know it.',
    libraries: ['fast-jwt'],
    ours: ['taken'],
    applies: ({ header }) => header?.['alg'] === 'Ed25519',
  },
];

export function explain(disagreement: Disagreement): Explanation | undefined {
  const { subject, library, ours, token } = disagreement;
  const facts = readFacts(token);
  return EXPLANATIONS.find(
    (one) =>
      one.libraries.includes(library) &&
      one.ours.includes(ours ?? 'taken') &&
      (one.subject ?? subject) === subject &&
      one.applies(facts, library, subject),
  );
}
