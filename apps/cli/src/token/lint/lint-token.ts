import type { DecodedJwt } from '../decode-jwt.ts';
import type { Check, Finding } from './finding.ts';
import { checkAlgorithm } from './check-algorithm.ts';
import { checkHeader } from './check-header.ts';
import { checkPresence } from './check-presence.ts';
import { checkSensitive } from './check-sensitive.ts';
import { checkSize } from './check-size.ts';
import { checkTimes } from './check-times.ts';

const CHECKS: readonly Check[] = [
  checkAlgorithm,
  checkHeader,
  checkPresence,
  checkTimes,
  checkSensitive,
  checkSize,
];

/** What should be otherwise about a token, from what can be read of it alone. */
export function lintToken(token: DecodedJwt, nowMs: number): readonly Finding[] {
  return CHECKS.flatMap((check) => check(token, nowMs));
}
