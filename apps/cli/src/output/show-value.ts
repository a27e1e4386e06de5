import { showControls } from '../terminal.ts';

/** A value from data, on one line, unable to act on the terminal. */
export function showValue(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return showControls(text).replaceAll('\n', String.raw`\u{a}`);
}

/** One line of JSON. What JSON leaves as it is and a terminal would act on is escaped. */
export function jsonLine(value: unknown): string {
  const text = JSON.stringify(value).replace(
    /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => String.raw`\u` + character.charCodeAt(0).toString(16).padStart(4, '0'),
  );
  return `${text}\n`;
}
