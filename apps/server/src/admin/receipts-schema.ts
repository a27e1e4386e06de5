import type { Receipts } from 'watchword';
import { z } from 'zod';

/** 1 ms to 60 s. */
const SPAN = /^(?:[1-9]\d{0,3}ms|[1-5]\d{4}ms|60000ms|[1-9]s|[1-5]\ds|60s)$/;

export const wait = z
  .string()
  .regex(SPAN, 'Write milliseconds or seconds, such as 500ms or 2s, and at most 60s.')
  .optional()
  .describe('How long to wait for the verifiers that follow the feed, such as `2s`, once it is done.');

const verifier = { client_id: z.string(), instance: z.string(), name: z.string() };
const count = z.number().int().min(0);

/** What `wait` is answered with. */
export const receiptsSchema = z
  .object({
    complete: z.boolean().describe('Whether all have acknowledged it that are known.'),
    acknowledged: z.array(
      z.object({ ...verifier, ms: count.describe('How long after it was recorded, at most.') }),
    ),
    missing: z.array(
      z.object({
        ...verifier,
        behind: count.describe('How many entries of the log it lacks.'),
        silent_ms: count.describe('Who was not heard for 30 seconds was not waited for.'),
      }),
    ),
  })
  .meta({ id: 'Receipts' });

export const optionalReceipts = receiptsSchema.nullable().describe('`null` where `wait` was not said.');

export function presentReceipts(receipts: Receipts | undefined): z.input<typeof optionalReceipts> {
  if (receipts === undefined) return null;
  return {
    complete: receipts.complete,
    acknowledged: receipts.acknowledged.map(({ clientId, ms, ...rest }) => ({
      client_id: clientId,
      ...rest,
      ms,
    })),
    missing: receipts.missing.map(({ clientId, silentMs, ...rest }) => ({
      client_id: clientId,
      ...rest,
      silent_ms: silentMs,
    })),
  };
}

/** As the library takes it. */
export function waitOption(span: string | undefined): { readonly wait?: string } {
  return span === undefined ? {} : { wait: span };
}
