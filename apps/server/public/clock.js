import { element } from './element.js';

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
];

/** A `Date` header has whole seconds; clocks that differ by less than this count as equal. */
const TOLERATED_SKEW_MS = 2_000;

const absolute = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });
const timeOfDay = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });
const listeners = new Set();
let skewMs = 0;

/** The server's time, as far as its last answer told. */
export function nowMs() {
  return Date.now() + skewMs;
}

export function noteServerDate(header) {
  const dateMs = Date.parse(header ?? '');
  if (Number.isNaN(dateMs)) return;
  const differenceMs = dateMs + 500 - Date.now();
  skewMs = Math.abs(differenceMs) > TOLERATED_SKEW_MS ? differenceMs : 0;
}

/** Calls the listener now and then once a second. */
export function everySecond(listener) {
  listeners.add(listener);
  listener();
}

function tick() {
  for (const listener of listeners) listener();
  for (const moment of document.querySelectorAll('.moment')) refreshMoment(moment);
}

setInterval(tick, 1_000);
document.addEventListener('visibilitychange', tick);

/** A span in its two largest units: “12 min 40 s”. */
export function spanOf(milliseconds) {
  let seconds = Math.max(0, Math.round(milliseconds / 1000));
  const parts = [];
  for (const [name, size] of UNITS) {
    const count = Math.floor(seconds / size);
    seconds -= count * size;
    if (count > 0 || parts.length > 0) parts.push(`${count}\u00a0${name}`);
    if (parts.length === 2) break;
  }
  if (parts.length === 2 && parts[1].startsWith('0')) parts.pop();
  return parts.join(' ') || '0\u00a0s';
}

function relativeTo(timeMs) {
  const distanceMs = timeMs - nowMs();
  if (Math.abs(distanceMs) < 1_000) return 'now';
  return distanceMs > 0 ? `in ${spanOf(distanceMs)}` : `${spanOf(-distanceMs)} ago`;
}

export function absoluteOf(timeMs) {
  return absolute.format(timeMs - skewMs);
}

/** The time of day alone, where the day goes without saying. */
export function clockTimeOf(timeMs) {
  return Math.abs(timeMs - nowMs()) < 12 * 3_600_000 ? timeOfDay.format(timeMs - skewMs) : absoluteOf(timeMs);
}

/** A time that counts, and is absolute on hover and focus. `time` is RFC 3339 text or epoch milliseconds. */
export function createMoment(time) {
  const timeMs = typeof time === 'number' ? time : Date.parse(time ?? '');
  if (Number.isNaN(timeMs)) return element('span', {}, 'not known');
  const iso = new Date(timeMs).toISOString();
  const moment = element('time', { class: 'moment', datetime: iso, tabindex: '0' }, [
    element('span', {}, relativeTo(timeMs)),
    element('span', {}, absoluteOf(timeMs)),
  ]);
  return moment;
}

function refreshMoment(moment) {
  setText(moment.firstElementChild, relativeTo(Date.parse(moment.dateTime)));
}

/** Leaves a node alone that says so already: a selection in it survives, and nothing is painted anew. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
