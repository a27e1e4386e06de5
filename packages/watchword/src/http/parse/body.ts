import { z } from 'zod';
import { isJsonObject, parseStrictJson, type JsonObject, type JsonValue } from '../../domain/json.ts';
import type { ErrorCode } from '../../errors/catalogue.ts';
import type { MemberProblem } from '../problem.ts';
import type { NeutralRequest } from '../neutral.ts';

/** The largest body that a route takes, in bytes: the longest members fit several times. */
const MAX_BODY_BYTES = 16_384;
const MAX_BODY_DEPTH = 8;

export type Parsed<Value> =
  | { readonly kind: 'parsed'; readonly value: Value }
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly errors?: readonly MemberProblem[] };

/** Reads a JSON body and checks it against `schema`. An empty body counts as `{}` where the schema allows that. */
export async function parseBody<Schema extends z.ZodType>(
  request: NeutralRequest,
  schema: Schema,
  mostBytes = MAX_BODY_BYTES,
): Promise<Parsed<z.output<Schema>>> {
  const json = await readJsonObject(request, mostBytes);
  if (json.kind === 'refused') return json;
  const result = schema.safeParse(json.value);
  if (result.success) return { kind: 'parsed', value: result.data };
  const errors = result.error.issues.map(({ path, message }) => ({
    member: path.join('.'),
    problem: message,
  }));
  return { kind: 'refused', code: 'ERR_BODY_INVALID', errors };
}

/** Reads a JSON object as every route takes it: strict, in UTF-8, not too large; an empty body counts as `{}`. */
export async function readJsonObject(
  request: NeutralRequest,
  mostBytes = MAX_BODY_BYTES,
): Promise<Parsed<JsonObject>> {
  const read = await readJsonValue(request, 'json', mostBytes);
  if (read.kind === 'refused') return read;
  const { value = {} } = read;
  return isJsonObject(value) ? { kind: 'parsed', value } : NOT_JSON;
}

const NOT_JSON = { kind: 'refused', code: 'ERR_BODY_NOT_JSON' } as const;

/** The same for any value of a type `application/…`; `undefined` for an empty body, whose type nobody asks for. */
export async function readJsonValue(
  request: NeutralRequest,
  subtype: JsonSubtype,
  mostBytes: number,
): Promise<Parsed<JsonValue | undefined>> {
  const declared = Number(request.header('content-length') ?? '0');
  if (declared > mostBytes) return { kind: 'refused', code: 'ERR_BODY_TOO_LARGE' };
  const reading = await request.readBody(mostBytes);
  switch (reading.kind) {
    case 'too_large':
      return { kind: 'refused', code: 'ERR_BODY_TOO_LARGE' };
    case 'aborted':
      return { kind: 'refused', code: 'ERR_REQUEST_MALFORMED' };
    case 'parsed':
      if (!isOfType(request, subtype)) return { kind: 'refused', code: 'ERR_CONTENT_TYPE' };
      // What a parser has made nothing of is not an empty body.
      return { kind: 'parsed', value: (reading.value ?? null) as JsonValue };
    case 'bytes':
      if (reading.bytes.length === 0) return { kind: 'parsed', value: undefined };
      return isOfType(request, subtype)
        ? parseBytes(reading.bytes)
        : { kind: 'refused', code: 'ERR_CONTENT_TYPE' };
  }
}

export type JsonSubtype = 'json' | 'csp-report' | 'reports+json';

const TYPES: Readonly<Record<JsonSubtype, RegExp>> = {
  json: typePattern('json'),
  'csp-report': typePattern('csp-report'),
  'reports+json': typePattern(String.raw`reports\+json`),
};

/** In UTF-8 if it says anything about that. Forms cannot send it across sites. */
function typePattern(subtype: string): RegExp {
  return new RegExp(String.raw`^application/${subtype}\s*(?:;\s*charset="?utf-8"?\s*)?$`, 'i');
}

export function isOfType(request: NeutralRequest, subtype: JsonSubtype): boolean {
  return TYPES[subtype].test(request.header('content-type') ?? '');
}

function parseBytes(bytes: Uint8Array): Parsed<JsonValue> {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return NOT_JSON;
  }
  const value = parseStrictJson(text, { maxDepth: MAX_BODY_DEPTH });
  return value === undefined ? NOT_JSON : { kind: 'parsed', value };
}

const delivery = z.enum(['cookie', 'body']).default('cookie');

/** `POST /auth/sign-up` and `/auth/sign-in`. */
export const credentialsBody = z.object({
  email: z.string().max(1024),
  password: z.string().max(4096),
  delivery,
  remember: z.boolean().default(true),
});

/** `POST /auth/refresh` and `/auth/sign-out`: the token stands here or in the cookie. */
export const refreshBody = z.object({
  refresh_token: z.string().max(1024).optional(),
  client_id: z.string().max(255).optional(),
});
