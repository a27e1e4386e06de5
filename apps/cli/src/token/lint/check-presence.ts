import type { Check, Finding } from './finding.ts';

const WANTED: Readonly<Record<string, Omit<Finding, 'rule'>>> = {
  iss: {
    sentence:
      'It does not say who issued it (iss): a verifier with several issuers can be made to mix them up.',
    advice: 'Write the issuer’s https address, and compare it in every verifier.',
  },
  sub: {
    sentence: 'It does not say whom it speaks for (sub).',
    advice: 'Write an id that never changes and is never given again, not an e-mail address.',
  },
  aud: {
    sentence: 'It does not say for whom it is (aud): what one service gets, it can use at all the others.',
    advice: 'Name the service that it is for, and compare it in every verifier.',
  },
  exp: {
    sentence: 'It never expires (exp): once it leaks it is good for ever.',
    advice: 'Let access tokens live for 5 to 15 minutes, and refresh them.',
  },
  iat: {
    sentence: 'It does not say when it was issued (iat): it cannot be told from those before an incident.',
    advice: 'Write the time of issue.',
  },
  jti: {
    sentence: 'It has no id (jti): it alone cannot be revoked, and not be found in logs.',
    advice: 'Write a random id of at least 128 bits.',
  },
};

export const checkPresence: Check = ({ claims }) =>
  Object.entries(WANTED)
    .filter(([name]) => isMissing(claims[name]))
    .map(([name, finding]) => ({ rule: `${name}-missing`, ...finding }));

function isMissing(value: unknown): boolean {
  return (
    value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
  );
}
