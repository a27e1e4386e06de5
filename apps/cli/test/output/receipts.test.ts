import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeReceipts, type AdminReceipts } from '../../src/receipts/report-receipts.ts';

const ahead = (count: number, lastMs: number) =>
  Array.from({ length: count }, (_, index) => ({ name: `billing-${index}`, ms: lastMs - index }));
const silent = { name: 'billing-3', behind: 1, silent_ms: 42_999 };
const late = { name: 'reports-1', behind: 2, silent_ms: 2100 };

function described(receipts: Partial<AdminReceipts>): string {
  return describeReceipts({ complete: false, acknowledged: [], missing: [], ...receipts });
}

test('receipts are told in one sentence: how many, after how long, and what is with the others', () => {
  assert.equal(
    described({ acknowledged: ahead(11, 41), missing: [silent] }),
    'Acknowledged by 11 of 12 verifiers, the last after 41 ms; ' +
      'billing-3 has not been heard of for 42 s: bounded by its staleness.',
  );
  assert.equal(
    described({ complete: true, acknowledged: ahead(1, 12) }),
    'Acknowledged by 1 of 1 verifier, the last after 12 ms.',
  );
  assert.equal(
    described({ missing: [late, { ...late, behind: 1 }] }),
    'Acknowledged by 0 of 2 verifiers; reports-1 is 2 entries behind; reports-1 is 1 entry behind.',
  );
  assert.match(described({ missing: Array.from({ length: 9 }, () => late) }), /; and 4 more\.$/);
});

test('nobody to wait for is not the same as nobody known', () => {
  assert.equal(
    described({ complete: true }),
    'No verifier follows the feed, so that there is nobody to wait for.',
  );
  assert.match(described({}), /^Who has acknowledged it is not known: /);
});

test('the name of a verifier cannot act on the terminal', () => {
  assert.ok(!described({ missing: [{ ...late, name: '\u001b[2J\n' }] }).includes('\u001b'));
});
