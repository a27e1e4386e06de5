import type { Check, Finding } from './finding.ts';

const LONGEST_SECONDS = 3600;
/** What clocks may differ by. */
const LEEWAY_SECONDS = 60;

export const checkTimes: Check = ({ claims }, nowMs) => {
  const findings: Finding[] = [];
  for (const name of ['exp', 'iat', 'nbf']) {
    const value = claims[name];
    if (value === undefined || (typeof value === 'number' && value >= 0 && value < IN_MILLISECONDS)) continue;
    findings.push({
      rule: 'time-malformed',
      sentence: `${name} is no time in seconds since 1970: libraries disagree about what it means.`,
      advice: 'Write a number of seconds (RFC 7519 §2), not of milliseconds, and not a text.',
    });
  }
  if (findings.length > 0) return findings;
  const nowSeconds = nowMs / 1000;
  const { exp, iat, nbf } = claims as Readonly<Record<string, number | undefined>>;
  const issued = iat ?? nowSeconds;
  if (exp !== undefined && exp - issued > LONGEST_SECONDS) findings.push(tooFar(exp - issued));
  if (iat !== undefined && iat > nowSeconds + LEEWAY_SECONDS) findings.push(FROM_THE_FUTURE);
  if (exp !== undefined && nbf !== undefined && nbf >= exp) findings.push(NEVER_GOOD);
  return findings;
};

/** Seconds of the year 5138, milliseconds of 1973. */
const IN_MILLISECONDS = 1e11;

function tooFar(seconds: number): Finding {
  const hours = seconds / 3600;
  const span = hours < 48 ? `${hours.toFixed(1)} hours` : `${Math.round(hours / 24)} days`;
  return {
    rule: 'exp-far',
    sentence: `It lives for ${span}: so long is it good for whoever finds it, unless every verifier knows of revocations.`,
    advice: 'Let access tokens live for 5 to 15 minutes, an hour at most, and refresh them.',
  };
}

const FROM_THE_FUTURE: Finding = {
  rule: 'iat-future',
  sentence: 'It was issued in the future (iat): a clock is wrong, or somebody wrote it by hand.',
  advice: 'Set the issuer’s clock (NTP).',
};

const NEVER_GOOD: Finding = {
  rule: 'nbf-after-exp',
  sentence: 'It expires before it is good (nbf, exp).',
  advice: 'Leave nbf out, or set it to the time of issue.',
};
