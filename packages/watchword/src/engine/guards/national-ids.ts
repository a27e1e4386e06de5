/*
 * What one can tell by its own look. Ten or eleven digits, or a date with four more, are told by their names only: of numbers that
 * applications give to orders one in ten would be refused, check digit or not.
 */
const SHAPES: readonly RegExp[] = [
  /^(?!000|666|9)\d{3}-(?!00)\d\d-(?!0000)\d{4}$/, // US social security
  /^(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d\d ?\d\d ?\d\d ?[A-D]$/, // UK national insurance
  /^[A-Z]{6}\d\d[A-EHLMPRST]\d\d[A-Z]\d{3}[A-Z]$/, // Italy's codice fiscale
  /^\d{3}\.\d{3}\.\d{3}-\d\d$/, // Brazil's CPF
  /^756\.\d{4}\.\d{4}\.\d\d$/, // Switzerland's AHV number
  /^\d\d\.\d\d\.\d\d-\d{3}\.\d\d$/, // Belgium's national register
  /^[2-9]\d{3} \d{4} \d{4}$/, // India's Aadhaar
  /^[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z\d]\d$/, // Mexico's CURP
];

/** France's number in its groups of digits. */
const LONGEST = 21;

export function isNationalId(text: string): boolean {
  if (text.length > LONGEST) return false;
  return (
    SHAPES.some((shape) => shape.test(text)) ||
    isSpanish(text) ||
    isFrench(text) ||
    isFinnish(text) ||
    isChinese(text)
  );
}

/** DNI and NIE, with their check letter. */
function isSpanish(text: string): boolean {
  const [, prefix = '', digits = '', letter = ''] = /^([XYZ]?)(\d{7,8})-?([A-Z])$/.exec(text) ?? [];
  if (letter === '' || digits.length !== (prefix === '' ? 8 : 7)) return false;
  const leading = prefix === '' ? '' : String('XYZ'.indexOf(prefix));
  return 'TRWAGMYFPDXBNJZSQVHLCKE'[Number(leading + digits) % 23] === letter;
}

/** NIR, the number of social security: 13 digits with a key of two. */
function isFrench(text: string): boolean {
  const digits = text.replaceAll(' ', '');
  if (!/^[12]\d{2}(?:0[1-9]|1[0-2])\d{10}$/.test(digits)) return false;
  return 97 - (Number(digits.slice(0, 13)) % 97) === Number(digits.slice(13));
}

/** Henkilötunnus: a date, the sign of its century, and a check letter. One with a check digit looks like an order of a day. */
function isFinnish(text: string): boolean {
  const [, date = '', rest = '', check = ''] =
    /^([0-3]\d[01]\d{3})[-+A-FU-Y](\d{3})([A-FHJ-NPR-Y])$/.exec(text) ?? [];
  return (
    check !== '' &&
    isDayOfMonth(date.slice(2, 4), date.slice(0, 2)) &&
    '0123456789ABCDEFHJKLMNPRSTUVWXY'[Number(date + rest) % 31] === check
  );
}

/** The number of a resident: a region, a date, three digits, and a check digit of ISO 7064. */
function isChinese(text: string): boolean {
  const [, month = '', day = ''] = /^[1-8]\d{5}(?:19|20)\d\d([01]\d)([0-3]\d)\d{3}[\dX]$/.exec(text) ?? [];
  if (!isDayOfMonth(month, day)) return false;
  let sum = 0;
  for (const character of text) sum = (sum * 2 + (character === 'X' ? 10 : Number(character))) % 11;
  return sum === 1;
}

function isDayOfMonth(month: string, day: string): boolean {
  return Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1 && Number(day) <= 31;
}
