import type { ServerResponse } from 'node:http';
import type { ErrorCode } from 'watchword';
import { z } from 'zod';
import type { ResponseDescription, RouteDescription } from '../openapi/route-description.ts';
import type { AdminContext } from './admin-context.ts';
import { checkInput, type MemberProblem } from './check-input.ts';

/** One method of one path: what it takes, what it answers, and the handler that does it. */
interface Definition<
  Params extends z.ZodObject,
  Query extends z.ZodObject,
  Body extends z.ZodType,
  Answer extends z.ZodType,
> {
  readonly method: RouteDescription['method'];
  readonly path: `/admin/v1/${string}`;
  readonly summary: string;
  readonly description?: string;
  /** Default of these three: nothing may be given. */
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  /** What is answered when all went well; without a schema there is no body. */
  readonly success: SuccessDescription<Answer>;
  /** The codes of what the handler throws, beside what every endpoint may; their statuses are in the catalogue. */
  readonly refusals?: readonly ErrorCode[];
  handle(
    input: {
      readonly params: z.output<Params>;
      readonly query: z.output<Query>;
      readonly body: z.output<Body>;
      readonly header: (name: string) => string | undefined;
    },
    context: AdminContext,
  ): Promise<z.input<Answer> | EndlessAnswer>;
}

interface SuccessDescription<Answer extends z.ZodType> extends ResponseDescription {
  readonly status: 200 | 201 | 204;
  readonly schema?: Answer;
}

/** An answer that is written until either side ends it. */
export class EndlessAnswer {
  readonly write: (response: ServerResponse) => void;

  constructor(write: (response: ServerResponse) => void) {
    this.write = write;
  }
}

/** What came with a request, unchecked. */
export interface RawInput {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly header: (name: string) => string | undefined;
}

export type EndpointAnswer =
  | { readonly kind: 'answered'; readonly status: number; readonly body: unknown }
  | { readonly kind: 'endless'; readonly write: (response: ServerResponse) => void }
  | { readonly kind: 'refused'; readonly errors: readonly MemberProblem[] };

/** An endpoint as the routes need it, whatever its types. */
export interface Endpoint extends RouteDescription {
  /** Checks what came and does it. Rejects with a `WatchwordError` of one of `refusals`. */
  answer(input: RawInput, context: AdminContext): Promise<EndpointAnswer>;
}

const NOTHING = z.strictObject({});

/** What can be wrong with every request to the admin API. */
const REFUSED_ANYWHERE: readonly ErrorCode[] = [
  'ERR_ADMIN_CREDENTIAL',
  'ERR_BODY_INVALID',
  'ERR_BODY_NOT_JSON',
  'ERR_BODY_TOO_LARGE',
  'ERR_CONTENT_TYPE',
];

export function defineEndpoint<
  Params extends z.ZodObject = typeof NOTHING,
  Query extends z.ZodObject = typeof NOTHING,
  Body extends z.ZodType = typeof NOTHING,
  Answer extends z.ZodType = z.ZodVoid,
>(definition: Definition<Params, Query, Body, Answer>): Endpoint {
  const { params, query, body, success, handle } = definition;
  const { status, ...response } = success;
  return {
    ...describe(definition),
    responses: { [status]: response },
    async answer(input, context) {
      const schemas = { params: params ?? NOTHING, query: query ?? NOTHING, body: body ?? NOTHING };
      const checked = checkInput(schemas, input);
      if (checked.kind === 'refused') return checked;
      const given = { ...checked.value, header: input.header } as Parameters<typeof handle>[0];
      const answer = await handle(given, context);
      return answer instanceof EndlessAnswer
        ? { kind: 'endless', write: answer.write }
        : { kind: 'answered', status, body: answer };
    },
  };
}

function describe(
  definition: Definition<z.ZodObject, z.ZodObject, z.ZodType, z.ZodType>,
): Omit<Endpoint, 'answer' | 'responses'> {
  const { method, path, summary, description, params, query, body, refusals = [] } = definition;
  return {
    method,
    path,
    group: 'admin',
    summary,
    ...(description !== undefined && { description }),
    security: ['admin'],
    ...(params !== undefined && { params }),
    ...(query !== undefined && { query }),
    ...(body !== undefined && {
      body: { type: 'application/json', schema: body, optional: body.safeParse({}).success },
    }),
    refusals: [
      ...REFUSED_ANYWHERE,
      // What is too long to be a parameter is no path of ours.
      ...(params === undefined ? [] : (['ERR_ROUTE_UNKNOWN'] as const)),
      ...refusals,
    ],
  };
}
