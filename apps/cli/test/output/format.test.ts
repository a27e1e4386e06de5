import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatFacts } from '../../src/output/format-facts.ts';
import { formatTable } from '../../src/output/format-table.ts';
import { createProgress } from '../../src/output/progress.ts';
import { relativeTime } from '../../src/output/relative-time.ts';
import { jsonLine } from '../../src/output/show-value.ts';

const columns = [
  { title: 'NAME', value: ({ name }: Row) => name },
  { title: 'AGE', value: ({ age }: Row) => age, shown: () => 'old' },
];

interface Row {
  readonly name: string;
  readonly age: string | null;
}

const output = (isTTY: boolean, width?: number) => ({
  stdout: { isTTY, columns: width, write: () => true },
  environment: { NO_COLOR: '1' },
});

describe('a table', () => {
  const rows: readonly Row[] = [
    { name: 'a', age: '1' },
    { name: 'e\u0301clair', age: null },
  ];

  test('is aligned at a terminal, by what a person takes for characters', () => {
    assert.equal(formatTable(columns, rows, output(true)), 'NAME    AGE\na       old\ne\u0301clair  old\n');
  });

  test('is as wide as the terminal at most', () => {
    assert.equal(formatTable(columns, rows, output(true, 9)), 'NAME    …\na       …\ne\u0301clair  …\n');
  });

  test('is whole where the terminal does not know its width', () => {
    assert.equal(formatTable(columns, rows, output(true, 0)), formatTable(columns, rows, output(true)));
  });

  test('has tabs between and no title in a pipe', () => {
    assert.equal(formatTable(columns, rows, output(false)), 'a\t1\ne\u0301clair\t\n');
  });

  test('nothing in a cell makes another cell, another line, or acts on the terminal', () => {
    const evil = [{ name: 'a\tb\nc\u001b[31m\r\u009b\u202e', age: '1' }];
    const cell = 'a\\u{9}b\\u{a}c\\u{1b}[31m\\u{d}\\u{9b}\\u{202e}';
    assert.equal(formatTable(columns, evil, output(false)), `${cell}\t1\n`);
    assert.ok(formatTable(columns, evil, output(true)).includes(`\n${cell}  old\n`));
  });
});

test('facts without a value are left out', () => {
  const facts = [
    ['a', 'x\ny'],
    ['long name', 0],
    ['b', null],
    ['c', ''],
    ['d', undefined],
  ] as const;
  assert.equal(formatFacts(facts, output(false)), 'a\tx\\u{a}y\nlong name\t0\n');
  assert.equal(formatFacts(facts, output(true)), 'a          x\\u{a}y\nlong name  0\n');
});

test('JSON is the same to a program, and harmless to a terminal', () => {
  const value = { a: '\u009b2J\u202e\u2028\u007fé' };
  const line = jsonLine(value);
  assert.equal(line, '{"a":"\\u009b2J\\u202e\\u2028\\u007fé"}\n');
  assert.deepEqual(JSON.parse(line), value);
});

test('times are as far as they say at least', () => {
  const cases: readonly (readonly [number, string])[] = [
    [0, 'now'],
    [-999, 'now'],
    [-1000, '1 s ago'],
    [-119_999, '1 min ago'],
    [-7_200_000, '2 h ago'],
    [86_400_000 * 29.9, 'in 29 d'],
  ];
  for (const [aheadMs, words] of cases) assert.equal(relativeTime(1e12 + aheadMs, 1e12), words);
  assert.equal(relativeTime('soon', 0), 'soon');
  assert.equal(relativeTime(null, 0), '');
});

test('progress is drawn where a person waits for long, and then taken away', async () => {
  const written: string[] = [];
  const stderr = { isTTY: true, write: (text: string) => void written.push(text) };
  const parts = { stdout: stderr, stderr, stdin: process.stdin, environment: {} };
  const progress = createProgress(parts, 'Copied');
  progress.show(0.1);
  assert.deepEqual(written, []);
  await new Promise((resolve) => setTimeout(resolve, 550));
  progress.show(0.579);
  progress.show(0.6);
  progress.clear();
  progress.clear();
  assert.deepEqual(written, ['\rCopied 57 %', '\r\u001b[K']);
  createProgress({ ...parts, stderr: { ...stderr, isTTY: false } }, 'Copied').show(1);
  assert.equal(written.length, 2);
});
