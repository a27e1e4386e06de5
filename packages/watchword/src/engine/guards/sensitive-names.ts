/**
 * Names of members whose value has no business in a payload that everybody who holds the token can read. A name counts if it
 * ends in one of these: `passwordHash` and `user_password` do, `password_changed_at` does not.
 */
const SENSITIVE_ENDINGS: Readonly<Record<string, string>> = Object.fromEntries([
  ...rule('a password', [
    'password',
    'passwd',
    'pwd',
    'pw',
    'passphrase',
    'passcode',
    'pin code',
    'otp',
    'totp',
  ]),
  ...rule('a password', [
    'passwort',
    'kennwort',
    'mot de passe',
    'contraseña',
    'contrasena',
    'senha',
    'wachtwoord',
  ]),
  ...rule('a hash of a password', ['password hash', 'passwd hash', 'pwd hash', 'pw hash', 'pass hash']),
  ...rule('a hash of a password', ['password digest', 'password salt', 'salt']),
  ...rule('a secret', ['secret', 'secret key', 'private key', 'encryption key', 'signing key', 'master key']),
  ...rule('a secret', [
    'mnemonic',
    'seed phrase',
    'totp seed',
    'recovery code',
    'backup code',
    'security answer',
  ]),
  ...rule('a credential', ['token', 'api key', 'apikey', 'access key', 'cookie']),
  ...rule('a card', ['card number', 'credit card', 'creditcard', 'debit card', 'cc number']),
  ...rule('a card', ['cvv', 'cvc', 'cvv2', 'card pin']),
  ...rule('a bank account', ['iban', 'routing number', 'sort code', 'bank account']),
  ...rule('a national id', [
    'national id',
    'national insurance number',
    'ssn',
    'social security',
    'passport',
  ]),
  ...rule('a national id', ['tax id', 'tax number', 'steuer id', 'nhs number']),
  ...rule('a national id', ['driver license', 'drivers license', 'driving licence']),
  ...rule('a national id', [
    'bsn',
    'cpf',
    'nino',
    'aadhaar',
    'personnummer',
    'fodselsnummer',
    'fødselsnummer',
  ]),
  ...rule('a national id', ['hetu', 'cpr', 'pesel', 'tckn', 'curp', 'ahv', 'dni', 'codice fiscale']),
  ...rule('a date of birth', ['dob', 'date of birth', 'birth date', 'birthdate', 'birthday']),
  ...rule('a phone number', ['phone number', 'mobile number']),
  ...rule('health data', ['diagnosis', 'medical record', 'blood type']),
]);

/** Names that say it only where they are the whole of it: `map_pin` is something else. */
const SENSITIVE_ALONE: Readonly<Record<string, string>> = {
  pin: 'a password',
  authorization: 'a credential',
  credentials: 'a credential',
  sin: 'a national id',
  nrn: 'a national id',
};

/** Words before a sensitive one that say only what it is like: `has_password`, `ssn_verified`. */
const ABOUT: ReadonlySet<string> = new Set([
  'has',
  'is',
  'needs',
  'requires',
  'must',
  'no',
  'verified',
  'set',
]);

/** Words after a sensitive one that change nothing: `passport_no`, `password_confirmation`. */
const STILL: ReadonlySet<string> = new Set(['number', 'no', 'nr', 'num', 'value', 'plain', 'confirmation']);

/** As many as the longest ending has, with what may follow it. */
const MOST_WORDS = 5;

/** What numbers may be: `refresh_token: 1209600` is how long one lives, and `secrets: 3` how many there are. */
const NUMBERS_TOO: ReadonlySet<string> = new Set([
  'a password',
  'a card',
  'a bank account',
  'a national id',
  'a phone number',
]);

/** What is done to a resource, or who may: permissions are listed by resource, as in `{ "api_keys": ["read", "rotate"] }`. */
const ACTION = /^[a-z*][a-z:._*-]*$/;

function rule(what: string, names: readonly string[]): (readonly [string, string])[] {
  return names.map((name) => [name, what] as const);
}

/** What a member of that name is likely to hold, as a noun; `undefined` for an innocent name. */
export function sensitiveName(name: string, text: string): string | undefined {
  return text === '' ? undefined : lookUp(wordsOf(name));
}

export function sensitiveNameOfNumber(name: string): string | undefined {
  const what = lookUp(wordsOf(name));
  return what !== undefined && NUMBERS_TOO.has(what) ? what : undefined;
}

export function sensitiveNameOfList(name: string, element: string): string | undefined {
  if (element === '' || ACTION.test(element)) return undefined;
  const words = wordsOf(name);
  const last = words.at(-1) ?? '';
  return (
    lookUp(words) ?? (last.endsWith('s') ? lookUp([...words.slice(0, -1), last.slice(0, -1)]) : undefined)
  );
}

/** Whether what is there is an id by its name: `user_id`, `ids`. */
export function holdsIds(name: string): boolean {
  return /(?:^|[^A-Za-z]|[a-z](?=I))[Ii][Dd]s?$/.test(name);
}

function lookUp(words: readonly string[]): string | undefined {
  const [first = ''] = words;
  if (ABOUT.has(first)) return undefined;
  if (words.length === 1 && Object.hasOwn(SENSITIVE_ALONE, first)) return SENSITIVE_ALONE[first];
  return lookUpEnding(words.slice(-MOST_WORDS));
}

function lookUpEnding(words: readonly string[]): string | undefined {
  for (let from = 0; from < words.length; from += 1) {
    const ending = words.slice(from).join(' ');
    if (Object.hasOwn(SENSITIVE_ENDINGS, ending)) return SENSITIVE_ENDINGS[ending];
  }
  return STILL.has(words.at(-1) ?? '') ? lookUpEnding(words.slice(0, -1)) : undefined;
}

/** `userPassword`, `user_password`, `USER-PASSWORD` and `https://example.com/user_password` are the same two words. */
function wordsOf(name: string): readonly string[] {
  return name
    .slice(name.lastIndexOf('/') + 1)
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\d]+/u)
    .filter((word) => word !== '');
}
