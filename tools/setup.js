/**
 * Brings a clone to where it can run: `node tools/setup.js install|start|test`.
 *
 * Runs on Node 20 before anything is installed, so it is plain JavaScript without dependencies. Each step looks
 * whether there is something to do before it does it; when all is in place this takes a few milliseconds.
 */
import { build, isBuilt } from './setup/build.js';
import { ensureChromium } from './setup/chromium.js';
import { installTogether } from './setup/debian-needs.js';
import { install, isInstalled } from './setup/install.js';
import { withLock } from './setup/lock.js';
import { ensurePeers } from './setup/peers.js';
import { Refusal } from './setup/refusal.js';
import { root } from './setup/root.js';
import { ensureServers } from './setup/servers.js';

const plans = {
  install: [{ isDone: isInstalled, run: install }],
  start: [
    { isDone: isInstalled, run: install },
    { isDone: isBuilt, run: build },
  ],
  test: [
    { isDone: isInstalled, run: install },
    { isDone: isBuilt, run: build },
  ],
};

/** @param {keyof typeof plans} goal */
async function setUp(goal) {
  const steps = plans[goal];
  if (steps.some((step) => !step.isDone(root))) {
    await withLock(root, async () => {
      // Asked again under the lock: whoever held it may have done the work.
      for (const step of steps) if (!step.isDone(root)) await step.run(root);
    });
  }
  if (goal === 'test') {
    await installTogether(root);
    await ensureChromium(root);
    await ensureServers(root);
    await ensurePeers(root);
  }
}

const goal = process.argv[2] ?? 'install';
if (!(goal in plans)) {
  process.stderr.write(`setup: unknown goal '${goal}'; say one of ${Object.keys(plans).join(', ')}.\n`);
  process.exit(2);
}
try {
  await setUp(/** @type {keyof typeof plans} */ (goal));
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  process.stderr.write(`setup: ${error.message}\n`);
  process.exit(1);
}
