import { isCardNumber, isIban } from './check-digits.ts';
import { isNationalId } from './national-ids.ts';

interface Shape {
  readonly what: string;
  matches(text: string): boolean;
}

/** What a word is as a whole: each is anchored at its beginning, and none looks at a character twice. */
const WORDS: readonly Shape[] = [
  shape('a hash of a password', [
    /^\$2[abxy]?\$\d\d\$/, // bcrypt
    /^\$argon2(?:id|i|d)\$/,
    /^\$(?:scrypt|7|y|gy|1|5|6|pbkdf2[a-z0-9-]*)\$/, // scrypt, yescrypt, MD5- and SHA-crypt, PBKDF2
    /^(?:pbkdf2|scrypt|bcrypt)(?:_sha\d+)?[:$]/, // Django, Werkzeug
    /^\{(?:S?SHA(?:256|512)?|CRYPT|SMD5|MD5)\}/, // LDAP
    /^\$[PH]\$[./A-Za-z0-9]{31}$/, // phpass: WordPress, phpBB
    /^AQAAAA[IE]AA[A-Za-z0-9+/]{70,}={0,2}$/, // ASP.NET Core Identity
  ]),
  shape('a private key', [/^AGE-SECRET-KEY-1/]),
  shape('a token', [
    /^eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*\.[A-Za-z0-9_.-]*$/, // JWS, JWE
    /^ww(?:r|cs|adm)_[A-Za-z0-9_-]{20}/, // ours
    /^v[1-4]\.(?:local|public)\.[A-Za-z0-9_-]{40}/, // PASETO
    /^ya29\./, // Google
  ]),
  shape('an API key', [
    /^(?:AKIA|ASIA)[A-Z2-7]{16}$/, // AWS
    /^(?:gh[pousr]_[A-Za-z0-9]{30}|github_pat_)/,
    /^glpat-/,
    /^xox[abeprs]-/, // Slack
    /^(?:sk|rk)_(?:live|test)_/, // Stripe; what begins with pk is public
    /^whsec_/,
    /^sk-(?:(?:ant|proj|svcacct)-[A-Za-z0-9_-]{20}|[A-Za-z0-9]{20})/,
    /^(?:AIza[A-Za-z0-9_-]{35}|GOCSPX-[A-Za-z0-9_-]{28})$/, // Google
    /^npm_[A-Za-z0-9]{36}$/,
    /^pypi-AgE/,
    /^SG\.[A-Za-z0-9_-]{16,}\./, // SendGrid
    /^SK[0-9a-f]{32}$/, // Twilio
    /^key-[0-9a-f]{32}$/, // Mailgun
    /^shp(?:at|ca|pa|ss)_[0-9a-f]{32}$/, // Shopify
    /^do[opr]_v1_[0-9a-f]{64}$/, // DigitalOcean
    /^hv[sb]\.[A-Za-z0-9_-]{24}/, // Vault
    /^dp\.(?:pt|st|ct|sa)\.[A-Za-z0-9]{40}/, // Doppler
    /^hf_[A-Za-z]{30}/,
  ]),
  shape('a URL with a password', [/^[a-z][a-z0-9+.-]*:\/\/[^\s/:@]+:[^\s/@]+@/i]),
  // A scope of npm, an address of git and a path are none: `@scope/name@1.2.3`, `git@host:path`.
  shape('an e-mail address', [/^(?:mailto:)?[^\s@/:]{1,64}@(?:[^\s@/:.]+\.)+[^\s@/:.\d][^\s@/:.]+$/i]),
  { what: 'the number of a card', matches: isCardNumber },
  { what: 'the number of a bank account', matches: isIban },
  { what: 'a national id', matches: isNationalId },
];

/** What has spaces in it, or may stand anywhere in a text. */
const TEXTS: readonly Shape[] = [
  shape('a phone number', [/^\+[1-9](?:[ ()-]{0,2}\d){7,14}$/]),
  shape('a private key', [/-----BEGIN [A-Z ]{0,20}PRIVATE KEY/]),
  shape('a token', [/^(?:Bearer|Basic) (?=\S*\d)[A-Za-z0-9._~+/-]{12,}=*$/i]),
  shape('a credential', [
    /(?:^|[;&?#\s])(?:password|pwd|access_token|refresh_token|client_secret|api_?key)=[^;&\s]/i,
  ]),
];

/** Numbers of cards and accounts in the groups that they are printed in. */
const GROUPS: readonly Shape[] = [
  {
    what: 'the number of a card',
    matches: (text) => found(text, /\d{4}(?:[ -]\d{2,7}){2,4}/g, isCardNumber),
  },
  {
    what: 'the number of a bank account',
    matches: (text) => found(text, /[A-Z]{2}\d\d(?: [A-Z\d]{4}){2,7}(?: [A-Z\d]{1,3}(?![A-Z\d]))?/g, isIban),
  },
];

function shape(what: string, expressions: readonly RegExp[]): Shape {
  const joined = new RegExp(
    expressions.map(({ source }) => `(?:${source})`).join('|'),
    expressions.some(({ flags }) => flags.includes('i')) ? 'i' : '',
  );
  return { what, matches: (text) => joined.test(text) };
}

function found(text: string, expression: RegExp, judge: (part: string) => boolean): boolean {
  return text.match(expression)?.some(judge) ?? false;
}

/** The longest text that is looked at: a longer one does not fit the token. */
const LONGEST = 4096;

/** Nothing that is sensitive by its shape is shorter: an e-mail address with one letter on each side. */
const SHORTEST = 6;

/** Most texts in claims are a word or two, or a UUID: none of the shapes, and told at once. */
const PLAIN =
  /^(?:[A-Za-z _:./-]{0,24}|[\dA-Fa-f]{8}-[\dA-Fa-f]{4}-[\dA-Fa-f]{4}-[\dA-Fa-f]{4}-[\dA-Fa-f]{12})$/;

/** What a text looks like, as a noun; `undefined` for what looks like nothing in particular. */
export function sensitiveShape(text: string): string | undefined {
  if (text.length < SHORTEST || PLAIN.test(text)) return undefined;
  const trimmed = text.slice(0, LONGEST).trim();
  const whole = whatIs(trimmed, TEXTS) ?? whatIs(trimmed, WORDS);
  if (whole !== undefined || !/[\s,;<>()"']/.test(trimmed)) return whole;
  const grouped = whatIs(trimmed, GROUPS);
  if (grouped !== undefined) return grouped;
  for (const word of trimmed.split(/[\s,;<>()"']+/)) {
    const what =
      word.length < SHORTEST || PLAIN.test(word) ? undefined : whatIs(word.replace(/[.:!?]$/, ''), WORDS);
    if (what !== undefined) return what;
  }
  return undefined;
}

function whatIs(text: string, shapes: readonly Shape[]): string | undefined {
  return shapes.find(({ matches }) => matches(text))?.what;
}
