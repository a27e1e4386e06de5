import type { z } from 'zod';

/** A part of a request that was wrong: `query.limit`. Neither member repeats what was sent. */
export interface MemberProblem {
  readonly member: string;
  readonly problem: string;
}

export type Checked<Value> =
  | { readonly kind: 'checked'; readonly value: Value }
  | { readonly kind: 'refused'; readonly errors: readonly MemberProblem[] };

interface Parts<Value> {
  readonly params: Value;
  readonly query: Value;
  readonly body: Value;
}

/** Checks all that came with a request, so that everything that is wrong with it is told at once. */
export function checkInput(schemas: Parts<z.ZodType>, given: Parts<unknown>): Checked<Parts<unknown>> {
  const params = schemas.params.safeParse(given.params);
  const query = schemas.query.safeParse(given.query);
  const body = schemas.body.safeParse(given.body);
  if (params.success && query.success && body.success) {
    return { kind: 'checked', value: { params: params.data, query: query.data, body: body.data } };
  }
  const errors = [
    ...problemsOf('path.', params),
    ...problemsOf('query.', query),
    // The members of a body are called what they are called in it, as everywhere.
    ...problemsOf('', body),
  ];
  return { kind: 'refused', errors };
}

function problemsOf(place: string, result: z.ZodSafeParseResult<unknown>): MemberProblem[] {
  return (result.error?.issues ?? []).map((issue) => ({
    member: `${place}${issue.path.join('.')}`.replace(/\.$/, ''),
    problem: issue.code === 'unrecognized_keys' ? 'There is a member that is not known here.' : issue.message,
  }));
}
