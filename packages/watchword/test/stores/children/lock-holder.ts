/**
 * Another process that is in the middle of a transaction, for as long as it is told in milliseconds.
 * Usage: lock-holder.ts DATABASE
 */
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';

const database = new DatabaseSync(process.argv[2] ?? '', { timeout: 5000 });

async function hold(holdMs: number): Promise<void> {
  database.exec('BEGIN IMMEDIATE');
  process.send?.('held');
  await delay(holdMs);
  database.exec('ROLLBACK');
  process.send?.('released');
}

process.on('message', (holdMs: number) => void hold(holdMs));
process.on('disconnect', () => process.exit());
process.send?.('ready');
