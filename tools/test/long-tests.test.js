import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { longTests } from '../run-tests/long-tests.js';

// Not written out, or this file would be in every long run.
const SWITCH = ['WATCHWORD', 'LONG'].join('_');

test('the long run has what reads the switch, itself or through what it imports or starts, and nothing else', (t) => {
  const root = mkdtempSync(join(tmpdir(), 'watchword-long-'));
  t.after(() => rmSync(root, { recursive: true }));
  const files = {
    'a/itself.test.ts': `process.env.${SWITCH};`,
    'a/plain.test.ts': "import './support.ts';",
    'a/support.ts': "import './plain.test.ts';",
    'a/imports.test.ts': "import {\n  runs,\n} from './runs.ts';",
    'a/lazy.test.ts': "await import('./runs.ts');",
    'a/starts.test.ts': "fork(new URL('./deep/counts.ts', import.meta.url));",
    'a/runs.ts': "export { runs } from './deep/counts.ts';",
    'a/deep/counts.ts': `export const runs = process.env.${SWITCH} ? 100 : 1;`,
    'a/tested.test.ts': "import '../lib/src/tested.ts'; import './gone.ts'; import 'node:fs';",
    'lib/src/tested.ts': "import '../../a/deep/counts.ts';",
  };
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(join(root, dirname(file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  const tests = Object.keys(files).filter((file) => file.includes('.test.'));
  assert.deepEqual(longTests(root, tests), [
    'a/itself.test.ts',
    'a/imports.test.ts',
    'a/lazy.test.ts',
    'a/starts.test.ts',
  ]);
});
