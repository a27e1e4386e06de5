/**
 * Writes until the disk is full, tells how that showed, and tries again for each message.
 * Usage: bounded-writer.ts DATABASE
 */
import { WatchwordError } from '../../../src/errors/watchword-error.ts';
import { sqlite } from '../../../src/stores/sqlite/index.ts';
import { realContext, sessionRow } from '../real-context.ts';

export interface Attempt {
  readonly written: number;
  /** The code of the error that ended it, or the error if it has none. */
  readonly failure: string | undefined;
  readonly detail: string | undefined;
  /** How many of all acknowledged sessions can be read back. */
  readonly readable: number;
}

const MOST = 400;
const store = await sqlite(process.argv[2] ?? '').open(realContext());
const ids: Parameters<typeof store.sessions.find>[0][] = [];

async function attempt(): Promise<Attempt> {
  let failure: string | undefined;
  let detail: string | undefined;
  let written = 0;
  try {
    for (; written < MOST; written += 1) {
      ids.push((await store.sessions.start('alice', (startedMs) => sessionRow(startedMs))).session.id);
    }
  } catch (error) {
    failure = error instanceof WatchwordError ? error.code : String(error);
    detail = error instanceof WatchwordError ? error.detail : undefined;
  }
  const found = await Promise.all(ids.map((id) => store.sessions.find(id)));
  return { written, failure, detail, readable: found.filter((reading) => reading !== undefined).length };
}

process.on('message', () => void attempt().then((answer) => process.send?.(answer)));
process.on('disconnect', () => void store.close().then(() => process.exit()));
process.send?.('ready');
