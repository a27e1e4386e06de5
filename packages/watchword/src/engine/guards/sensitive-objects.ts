import type { JsonObject } from '../../domain/json.ts';

/** Members that come together in a row of a table of users, and not by chance; some of them only there. */
const USERS_ONLY: ReadonlySet<string> = new Set([
  'email',
  'username',
  'firstname',
  'lastname',
  'surname',
  'phone',
  'phonenumber',
  'avatar',
]);
const USERS_TOO: ReadonlySet<string> = new Set([
  'name',
  'role',
  'roles',
  'status',
  'address',
  'createdat',
  'updatedat',
  'isactive',
  'locale',
]);
const MOST_USER_MEMBERS = 3;

/** What an object is by the names of its members, as a noun; `undefined` for one that may be in a payload. */
export function sensitiveObject(value: JsonObject): string | undefined {
  const names = Object.keys(value);
  if (isSecretKey(names)) return 'a private key';
  if (looksLikeUser(names)) return 'a whole user';
  return looksLikeRow(names) ? 'a whole row of a database' : undefined;
}

/** The private members of JSON Web Keys (RFC 7518 §6); a public key in `cnf` has none of them. */
function isSecretKey(names: readonly string[]): boolean {
  return names.includes('kty') && (names.includes('d') || names.includes('k'));
}

function looksLikeUser(names: readonly string[]): boolean {
  const plain = plainNames(names);
  const own = plain.filter((name) => USERS_ONLY.has(name)).length;
  return own > 0 && own + plain.filter((name) => USERS_TOO.has(name)).length >= MOST_USER_MEMBERS;
}

/** What an object mapper reads comes with the id and the times of the row, or with the version that Mongoose keeps. */
export function looksLikeRow(names: readonly string[]): boolean {
  if (names.includes('__v')) return true;
  const plain = plainNames(names);
  return (
    plain.includes('createdat') &&
    plain.includes('updatedat') &&
    (plain.includes('id') || plain.includes('uuid'))
  );
}

function plainNames(names: readonly string[]): readonly string[] {
  return names.map((name) => name.toLowerCase().replaceAll(/[^a-z]/g, ''));
}
