import assert from 'node:assert/strict';
import { ERROR_CATALOGUE, type ErrorCode } from 'watchword';
import type { Answer } from './exchange.ts';

/** Stands in every place of a bad request that can hold it; no answer may repeat it. */
export const MARKER = 'Xq7zMarkerXq7z';

const TRACES = /\n\s+at |node_modules|node:internal|\.[jt]s:\d+|Error:/;

/** A problem document (RFC 9457) of the catalogue, with the headers that all carry, that gives nothing away. */
export function assertProblem(
  answer: Answer,
  what: string,
  expected: { status?: number; code?: ErrorCode } = {},
): void {
  const { status, headers, text } = answer;
  assert.ok(status >= 400 && status < 500, `${what}: status ${status} ${text.slice(0, 200)}`);
  assert.equal(headers['content-type'], 'application/problem+json; charset=utf-8', what);
  const { type, code, title, detail, status: told } = JSON.parse(text);
  assert.deepEqual([code, status], [expected.code ?? code, expected.status ?? status], what);
  const entry = ERROR_CATALOGUE[code as ErrorCode];
  assert.deepEqual(
    [type, title, code === 'ERR_CROSS_SITE' ? withoutExplanation(detail) : detail, told],
    [`/auth/errors/${code}`, entry.title, entry.sentence, entry.status],
    what,
  );
  assert.equal(status, entry.status, what);
  assertGivesNothingAway(answer, what);
  assertSecurityHeaders(answer, what);
}

/** While developing, what arrived and what would have been right stand behind the sentence. */
function withoutExplanation(detail: string): string {
  return detail.replace(/ Arrived: .*$/, '');
}

export function assertGivesNothingAway({ headers, text }: Answer, what: string): void {
  const everything = `${JSON.stringify(headers)} ${text}`;
  assert.ok(
    !everything.toLowerCase().includes(MARKER.toLowerCase()),
    `${what}: repeats what was sent: ${everything}`,
  );
  assert.doesNotMatch(everything, TRACES, what);
}

export function assertSecurityHeaders({ headers }: Answer, what: string): void {
  assert.equal(headers['cache-control'], 'no-store', what);
  assert.equal(headers['x-content-type-options'], 'nosniff', what);
  assert.match(String(headers['referrer-policy']), /^(?:no-referrer|same-origin)$/, what);
  assert.equal(headers['cross-origin-resource-policy'], 'same-origin', what);
  assert.match(
    String(headers['content-security-policy']),
    /default-src 'none'.*frame-ancestors 'none'/,
    what,
  );
  assert.deepEqual(
    [headers['set-cookie'], headers['access-control-allow-origin']],
    [undefined, undefined],
    what,
  );
}
