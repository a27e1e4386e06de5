import type { Check, Finding } from './finding.ts';

/** RFC 8725 §3.10 and §3.8: what is in a header was written by whoever wrote the token. */
export const checkHeader: Check = ({ header }) => {
  const findings: Finding[] = [];
  for (const name of ['jku', 'x5u'].filter((each) => Object.hasOwn(header, each))) {
    findings.push({
      rule: 'header-key-address',
      sentence: `The header says where the key is to be fetched (${name}): a verifier that obeys fetches the attacker’s.`,
      advice: 'Leave it out. Verifiers know the issuer’s JWKS by configuration; kid chooses a key from it.',
    });
  }
  for (const name of ['jwk', 'x5c'].filter((each) => Object.hasOwn(header, each))) {
    findings.push({
      rule: 'header-key',
      sentence: `The header carries the key itself (${name}): a verifier that takes it believes anybody.`,
      advice: 'Leave it out. Verifiers know the issuer’s JWKS by configuration; kid chooses a key from it.',
    });
  }
  if (Object.hasOwn(header, 'crit')) {
    findings.push({
      rule: 'header-crit',
      sentence:
        'The header has critical extensions (crit): verifiers that do not know them have to refuse the token.',
      advice: 'Leave them out unless every verifier knows them.',
    });
  }
  return [...findings, ...checkKeyId(header['kid']), ...checkType(header['typ'])];
};

function checkKeyId(kid: unknown): readonly Finding[] {
  if (kid === undefined) {
    return [
      {
        rule: 'kid-missing',
        sentence:
          'The header does not say which key signed it (kid): keys cannot be rotated without trying them all.',
        advice: 'Give each key an id, such as its thumbprint (RFC 7638), and name it.',
      },
    ];
  }
  if (typeof kid === 'string' && /^[\w.:~+/=@-]{1,200}$/.test(kid) && !/\.\.|^\//.test(kid)) return [];
  return [
    {
      rule: 'kid-suspicious',
      sentence:
        'The kid looks like a path, a query or a command, as those do that attack the look-up of keys.',
      advice: 'Find out who made the token. Look keys up in a table, never in files or by building SQL.',
    },
  ];
}

function checkType(typ: unknown): readonly Finding[] {
  if (typeof typ === 'string' && !/^(?:application\/)?jwt$/i.test(typ)) return [];
  const what = typ === undefined ? 'does not say' : 'says only "JWT" for';
  return [
    {
      rule: typ === undefined ? 'typ-missing' : 'typ-generic',
      sentence: `The header ${what} what kind of token it is (typ): one kind can be passed off as another.`,
      advice: 'Write at+jwt for access tokens (RFC 9068), and another typ for each other kind.',
    },
  ];
}
