/**
 * The names under which secrets travel, as the source of a regular expression that is matched without regard to case
 * and as the *end* of a longer name: `token` covers `access_token`, `x-csrf-token` and `idToken`.
 *
 * Two names are left out on purpose: `code`, because our own errors are told apart by it, and `sid`, because an id of
 * a session is no credential here.
 */
export const SECRET_NAME: string = [
  'pass(?:word|wd|phrase|code)[\\w-]{0,40}',
  'pwd',
  'secret(?:[_-]?(?:access[_-]?)?key)?s?',
  '(?:private|api)[_-]?keys?',
  'tokens?',
  'authorization',
  'cookies?',
  'credentials?',
  'jwt',
  'otp',
  '(?:recovery|backup)[_-]?codes?',
  'code[_-]?verifier',
  'client[_-]?assertion',
  'ww_(?:at|rt|sid)',
]
  .map((name) => `${name}(?:[_-]?(?:value|text|string|header|hash|plain))?`)
  .join('|');

const ENDS_SECRETLY = new RegExp(`(?:${SECRET_NAME})$`, 'i');
const LINE_LONG_HEADER = /^(?:proxy-)?authorization$|^(?:set-)?cookie$|^x-[\w-]{1,40}$/i;
const MOST_REMEMBERED = 2_000;
const LONGEST_REMEMBERED = 100;

const remembered = new Map<string, boolean>();

/** Whether what stands under this name may be a secret. */
export function isSecretName(name: string): boolean {
  const known = remembered.get(name);
  if (known !== undefined) return known;
  const secret = ENDS_SECRETLY.test(name);
  // Names can come from outside; what is remembered of them is bounded.
  if (remembered.size < MOST_REMEMBERED && name.length <= LONGEST_REMEMBERED) remembered.set(name, secret);
  return secret;
}

/** Whether this is an HTTP header that carries a credential, as it stands before its value in `rawHeaders`. */
export function isSecretHeader(name: string): boolean {
  return LINE_LONG_HEADER.test(name) && isSecretName(name);
}
