import { ERROR_CATALOGUE, type ErrorCode } from 'watchword';
import { z } from 'zod';

const memberProblem = z
  .object({ member: z.string(), problem: z.string() })
  .meta({ id: 'MemberProblem', description: 'A member that was wrong. Neither part repeats what was sent.' });

const problem = z
  .object({
    type: z.string().meta({ format: 'uri-reference' }),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    code: z.string(),
    errors: z.array(memberProblem).optional(),
  })
  .meta({
    id: 'Problem',
    description: 'Problem details, RFC 9457; `type` is the address of a page about `code`.',
  });

/** A problem with one of these codes, which all have the same status. */
export function problemSchema(status: number, codes: readonly ErrorCode[]): z.ZodType {
  return z.intersection(problem, z.looseObject({ status: z.literal(status), code: z.enum(codes) }));
}

/** Status → the codes that are answered with it. */
export function codesByStatus(codes: readonly ErrorCode[]): ReadonlyMap<number, readonly ErrorCode[]> {
  const distinct = [...new Set(codes)].toSorted();
  return Map.groupBy(distinct, (code) => ERROR_CATALOGUE[code].status);
}
