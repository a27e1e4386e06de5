import type { WatchwordEvent } from 'watchword';
import { presentTime } from './values.ts';

/** What is meant for a log that redacts: errors, with what drivers hang onto them. */
const FOR_LOGS_ONLY: ReadonlySet<string> = new Set(['cause', 'detail']);
/** Members in milliseconds that are no points in time. */
const DURATIONS: ReadonlySet<string> = new Set(['ageMs']);

/** An event as it goes over the wire: `{ type, at, … }` with members in snake case. */
export function presentEvent({ type, atMs, ...fields }: WatchwordEvent): Readonly<Record<string, unknown>> {
  const members = Object.entries(fields).filter(([name]) => !FOR_LOGS_ONLY.has(name));
  return { type, at: presentTime(atMs), ...Object.fromEntries(members.map(presentMember)) };
}

function presentMember([name, value]: readonly [string, unknown]): readonly [string, unknown] {
  const isTime = name.endsWith('Ms') && !DURATIONS.has(name) && typeof value === 'number';
  return isTime ? [snakeCase(name.slice(0, -2)), presentTime(value)] : [snakeCase(name), value];
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
