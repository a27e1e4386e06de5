import type { ErrorCode } from 'watchword';
import type { z } from 'zod';
import type { SecurityScheme } from './security-schemes.ts';

/** A route as the OpenAPI document shows it. */
export interface RouteDescription {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** As OpenAPI writes it: `/auth/sessions/{id}`. */
  readonly path: string;
  readonly group: string;
  readonly summary: string;
  readonly description?: string;
  /** Any one of them will do; none where nobody is asked who they are, `anonymous` where one may say it or not. */
  readonly security: readonly (SecurityScheme | 'anonymous')[];
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  readonly body?: BodyDescription;
  /** By status, what is answered when all went well. */
  readonly responses: Responses;
  /** Every problem that can be answered, beside those of `COMMON_REFUSALS`. */
  readonly refusals: readonly ErrorCode[];
  /** By status, refusals that have another form than problem details. */
  readonly otherRefusals?: Responses;
  /** Asked by what watches the server, and so over plain HTTP too. */
  readonly isProbe?: boolean;
}

export interface BodyContent {
  readonly type:
    | 'application/json'
    | 'application/x-www-form-urlencoded'
    | 'application/csp-report'
    | 'application/reports+json';
  readonly schema: z.ZodType;
}

export interface BodyDescription extends BodyContent {
  /** What else is taken in its place. */
  readonly alternative?: BodyContent;
  /** Whether a body may be left out. */
  readonly optional: boolean;
}

export type Responses = Readonly<Record<number, ResponseDescription>>;

export interface ResponseDescription {
  readonly description: string;
  /** Without one there is no body. */
  readonly schema?: z.ZodType;
  /** Default: `application/json`. */
  readonly type?: string;
}

/** What can happen to a request anywhere: HTTP that is none, a store that does not answer, a defect. */
export const COMMON_REFUSALS: readonly ErrorCode[] = [
  'ERR_REQUEST_MALFORMED',
  'ERR_REQUEST_TIMEOUT',
  'ERR_HEADERS_TOO_LARGE',
  'ERR_INTERNAL',
  'ERR_STORE_UNAVAILABLE',
  'ERR_OVERLOADED',
  'ERR_CLOSED',
];
