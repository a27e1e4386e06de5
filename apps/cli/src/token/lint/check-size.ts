import type { Check } from './finding.ts';

/** What browsers take for a cookie, its name and attributes included (RFC 6265 §6.1). */
const COOKIE_BYTES = 4096;

export const checkSize: Check = ({ text }) =>
  text.length <= COOKIE_BYTES
    ? []
    : [
        {
          rule: 'too-large',
          sentence: `It has ${text.length} characters: browsers drop cookies above ${COOKIE_BYTES}, and servers refuse long headers.`,
          advice: 'Keep roles and profiles where they belong, and name them by an id.',
        },
      ];
