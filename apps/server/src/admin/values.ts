import { z } from 'zod';

/** RFC 3339, UTC, with milliseconds. */
export const time = z.iso.datetime({ precision: 3 }).meta({ id: 'Time' });

export function presentTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

export function presentOptionalTime(milliseconds: number | undefined): string | null {
  return milliseconds === undefined ? null : presentTime(milliseconds);
}

/** A name of the application's own, such as a subject: characters that show, whole ones. */
export const plainText = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[^\p{Cc}\p{Cs}]+$/u, 'Control characters and halves of characters are not possible.');

/** A number as a query has it: digits. */
export function numberInQuery(from: number, to: number) {
  return z.preprocess(
    (text) => (typeof text === 'string' && /^\d{1,16}$/.test(text) ? Number(text) : text),
    z.number().int().min(from).max(to),
  );
}

export const sequence = z.number().int().min(0);

const SESSION_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

export const sessionId = z.string().regex(SESSION_ID, 'The id of a session is a UUIDv7.');
