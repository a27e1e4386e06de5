import { z } from 'zod';
import { isJsonObject, parseStrictJson, type JsonObject } from '../../domain/json.ts';
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
  const declared = Number(request.header('content-length') ?? '0');
  if (declared > mostBytes) return { kind: 'refused', code: 'ERR_BODY_TOO_LARGE' };
  const reading = await request.readBody(mostBytes);
  switch (reading.kind) {
    case 'too_large':
      return { kind: 'refused', code: 'ERR_BODY_TOO_LARGE' };
    case 'aborted':
      return { kind: 'refused', code: 'ERR_REQUEST_MALFORMED' };
    case 'parsed':
      return isJsonType(request)
        ? objectOrRefusal(reading.value)
        : { kind: 'refused', code: 'ERR_CONTENT_TYPE' };
    case 'bytes':
      if (reading.bytes.length === 0) return { kind: 'parsed', value: {} };
      return isJsonType(request) ? parseBytes(reading.bytes) : { kind: 'refused', code: 'ERR_CONTENT_TYPE' };
  }
}

/** `application/json`, in UTF-8 if it says anything about that. Forms cannot send it across sites. */
function isJsonType(request: NeutralRequest): boolean {
  return /^application\/json\s*(?:;\s*charset="?utf-8"?\s*)?$/i.test(request.header('content-type') ?? '');
}

function parseBytes(bytes: Uint8Array): Parsed<JsonObject> {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return { kind: 'refused', code: 'ERR_BODY_NOT_JSON' };
  }
  return objectOrRefusal(parseStrictJson(text, { maxDepth: MAX_BODY_DEPTH }));
}

function objectOrRefusal(value: unknown): Parsed<JsonObject> {
  return isJsonObject(value) ? { kind: 'parsed', value } : { kind: 'refused', code: 'ERR_BODY_NOT_JSON' };
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
