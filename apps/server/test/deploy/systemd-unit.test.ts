import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../start/server-process.ts';

const UNIT = fileURLToPath(new URL('../../../../deploy/watchword.service', import.meta.url));
const COMMAND_LINE = fileURLToPath(new URL('../../../cli/bin/watchword.js', import.meta.url));
const INSTALLED = '/usr/bin/node /opt/watchword/node_modules/@watchword/cli/bin/watchword.js serve';

const version = Number(/^systemd (\d+)/.exec(analyze('--version').output)?.[1] ?? 0);
const skip = version === 0 && 'systemd-analyze is not installed on this machine';

test('systemd understands every line of the unit', { skip }, async (t) => {
  const { code, output } = analyze('verify', '--man=no', await unitHere(t));
  assert.deepEqual([code, output], [0, '']);
});

const cannotJudge = version < 251 && `systemd ${version} cannot judge a unit that is not installed`;

test('systemd finds the unit well protected', { skip: skip || cannotJudge }, async (t) => {
  const { code, output } = analyze('security', '--offline=true', '--threshold=20', await unitHere(t));
  const [, exposure = 'none'] = /exposure level for .*: ([\d.]+)/i.exec(output) ?? [];
  t.diagnostic(`exposure ${exposure} of 10`);
  assert.equal(code, 0, output);
});

/** The unit with the command as it is on this machine. */
async function unitHere(t: TestContext): Promise<string> {
  const text = await readFile(UNIT, 'utf8');
  assert.ok(text.includes(INSTALLED));
  const path = join(await temporaryFolder(t), 'watchword.service');
  await writeFile(path, text.replace(INSTALLED, `${process.execPath} ${COMMAND_LINE} serve`));
  return path;
}

function analyze(...args: readonly string[]): { readonly code: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync('systemd-analyze', args, { encoding: 'utf8' });
  return { code: status, output: `${stdout ?? ''}${stderr ?? ''}` };
}
