import type { Check, Finding } from './finding.ts';

/** A token is encoded and not encrypted: browsers, proxies and logs read it. */
export const checkSensitive: Check = ({ claims }) => [...walk(claims, '')];

interface Sensitive {
  readonly rule: string;
  readonly what: string;
  readonly name: RegExp;
  readonly looksLike?: (value: string) => boolean;
}

const KINDS: readonly Sensitive[] = [
  {
    rule: 'claim-secret',
    what: 'a secret',
    name: /^(?:pass(?:word|wd|phrase|code)?(?:_?hash)?|pwd|secret|client_?secret|api_?key|private_?key|pin|otp|(?:access|refresh)_?token)$/i,
    looksLike: (value) =>
      /-----BEGIN [A-Z ]*PRIVATE KEY-----|^ww(?:r|cs|adm)_|^\$(?:2[aby]|argon2\w*)\$/.test(value),
  },
  {
    rule: 'claim-card',
    what: 'a card or account number',
    name: /^(?:(?:credit_?)?card(?:_?number)?|pan|cvv|cvc|iban|account_?number)$/i,
    looksLike: isCardNumber,
  },
  {
    rule: 'claim-national-id',
    what: 'a national identity number',
    name: /^(?:ssn|social_?security(?:_?number)?|tax_?id|national_?id|passport(?:_?number)?)$/i,
    looksLike: (value) => /^\d{3}-\d{2}-\d{4}$/.test(value),
  },
  {
    rule: 'claim-email',
    what: 'an e-mail address',
    name: /^e_?-?mail(?:_?address)?$/i,
    looksLike: (value) => value.length <= 320 && /^[^\s@]+@[^\s@.]+\.[^\s@]+$/.test(value),
  },
  {
    rule: 'claim-personal',
    what: 'personal data',
    name: /^(?:phone(?:_?number)?|mobile|birth_?date|date_?of_?birth|dob|(?:home_|postal_|street_)?address|gender|given_?name|family_?name|(?:full_?)?name)$/i,
  },
];

function* walk(value: unknown, path: string): Generator<Finding> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    const place = path === '' ? key : `${path}.${key}`;
    const kind = KINDS.find(({ name, looksLike }) => isOne(name, looksLike, key, member));
    if (kind !== undefined) yield finding(kind, place);
    else yield* walk(member, place);
  }
}

function isOne(name: RegExp, looksLike: Sensitive['looksLike'], key: string, value: unknown): boolean {
  if (value === null || value === '' || typeof value === 'boolean') return false;
  // What says who and for whom may well be addresses; that is for their own rules.
  return name.test(key) || (typeof value === 'string' && looksLike?.(value) === true);
}

function finding({ rule, what }: Sensitive, place: string): Finding {
  return {
    rule,
    sentence: `The claim ${place} looks like ${what}: tokens are not encrypted, and end up in logs and proxies.`,
    advice:
      rule === 'claim-secret'
        ? 'Take it out, and change it: it has been shown.'
        : 'Take it out. Services that need it can ask for it by the sub.',
  };
}

/** 13 to 19 digits with the check digit of ISO/IEC 7812. */
function isCardNumber(value: string): boolean {
  if (!/^\d{4}(?:[ -]?\d){9,15}$/.test(value)) return false;
  const digits = [...value.replaceAll(/\D/g, '')].map(Number).toReversed();
  const sum = digits.reduce((total, digit, index) => {
    const weighed = index % 2 === 0 ? digit : digit * 2;
    return total + (weighed > 9 ? weighed - 9 : weighed);
  }, 0);
  return sum % 10 === 0;
}
