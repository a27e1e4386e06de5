/**
 * Answers each message of a relay with one that says `echo ` before it.
 * Usage: relay-echo.ts URL INSTALLATION
 */
import { setTimeout as pause } from 'node:timers/promises';
import { systemRandom } from '../../../src/platform/system-random.ts';
import { systemScheduler } from '../../../src/platform/system-scheduler.ts';
import { redisRelay } from '../../../src/stores/redis/index.ts';

const [, , url = '', installation = ''] = process.argv;
const context = { installation, scheduler: systemScheduler, random: systemRandom };
const relay = await redisRelay(url).open(context);
relay.subscribe((message) => {
  const text = Buffer.from(message).toString();
  if (!text.startsWith('echo ')) relay.publish(Buffer.from(`echo ${text}`));
});
process.on('disconnect', () => process.exit());
while (!relay.isConnected()) await pause(2);
process.send?.('ready');
