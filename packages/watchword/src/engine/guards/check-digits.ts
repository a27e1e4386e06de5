/** Lengths and first digits of the networks' cards: without them one in ten numbers of an order would pass Luhn. */
const CARDS = new RegExp(
  `^(?:${[
    '4\\d{15}', // Visa
    '5[1-5]\\d{14}', // Mastercard
    '2(?:2(?:2[1-9]|[3-9]\\d)|[3-6]\\d\\d|7(?:[01]\\d|20))\\d{12}',
    '3[47]\\d{13}', // American Express
    '3(?:0[0-5]|[689]\\d)\\d{11}', // Diners Club
    '6(?:011|5\\d\\d|4[4-9]\\d)\\d{12}', // Discover
    '35(?:2[89]|[3-8]\\d)\\d{12}', // JCB
    '62\\d{14}', // UnionPay
    '(?:5018|5020|5038|5893|6304|6759|676[1-3])\\d{12}', // Maestro
  ].join('|')})$`,
);

/** Lengths of account numbers by country (the registry of ISO 13616): without them one in some thousand ids would be one. */
const IBAN_LENGTHS: ReadonlyMap<string, number> = new Map(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 ' +
    'FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 ' +
    'LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 ' +
    'SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

/** A card number, with spaces or hyphens or without (ISO/IEC 7812). */
export function isCardNumber(text: string): boolean {
  if (!/^\d(?:[ -]?\d){13,18}$/.test(text)) return false;
  const digits = text.replaceAll(/[ -]/g, '');
  return CARDS.test(digits) && passesLuhn(digits);
}

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits[digits.length - 1 - index]);
    const doubled = digit * 2;
    sum += index % 2 === 0 ? digit : doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** An account number of ISO 13616, with spaces or without, all in capitals or all in small letters. */
export function isIban(text: string): boolean {
  const compact = text.replaceAll(' ', '');
  if (!/^(?:[A-Z]{2}\d{2}[A-Z\d]{11,30}|[a-z]{2}\d{2}[a-z\d]{11,30})$/.test(compact)) return false;
  if (IBAN_LENGTHS.get(compact.slice(0, 2).toUpperCase()) !== compact.length) return false;
  let remainder = 0;
  for (const character of compact.slice(4) + compact.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder === 1;
}
