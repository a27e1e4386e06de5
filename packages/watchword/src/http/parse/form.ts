import { isJsonObject } from '../../domain/json.ts';
import type { NeutralRequest } from '../neutral.ts';

/** The longest parameters fit several times. */
const MAX_FORM_BYTES = 16_384;

export type Form =
  | { readonly kind: 'parsed'; readonly parameters: ReadonlyMap<string, string> }
  | { readonly kind: 'refused'; readonly why: string };

/** Reads `application/x-www-form-urlencoded` in UTF-8: what the endpoints of OAuth take. */
export async function parseForm(request: NeutralRequest): Promise<Form> {
  if (!isFormType(request)) return refuse('Send the parameters as application/x-www-form-urlencoded.');
  if (Number(request.header('content-length') ?? '0') > MAX_FORM_BYTES) return tooLarge();
  const reading = await request.readBody(MAX_FORM_BYTES);
  switch (reading.kind) {
    case 'too_large':
      return tooLarge();
    case 'aborted':
      return refuse('The body ended too early.');
    case 'parsed':
      return collect(isJsonObject(reading.value) ? Object.entries(reading.value) : []);
    case 'bytes':
      return parseBytes(reading.bytes);
  }
}

function parseBytes(bytes: Uint8Array): Form {
  try {
    return collect(new URLSearchParams(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
  } catch {
    return refuse('The body is not UTF-8.');
  }
}

/** What decoders put where bytes are not UTF-8. Nothing that is sent here contains it of its own. */
const REPLACEMENT = '\ufffd';

/** RFC 6749 §3.2: a parameter without a value was not sent, and none may be sent twice. */
function collect(pairs: Iterable<readonly [string, unknown]>): Form {
  const parameters = new Map<string, string>();
  const seen = new Set<string>();
  for (const [name, value] of pairs) {
    if (seen.has(name) || typeof value !== 'string') return refuse('A parameter is sent more than once.');
    if (name.includes(REPLACEMENT) || value.includes(REPLACEMENT)) return refuse('The body is not UTF-8.');
    seen.add(name);
    if (value !== '') parameters.set(name, value);
  }
  return { kind: 'parsed', parameters };
}

function isFormType(request: NeutralRequest): boolean {
  const type = request.header('content-type') ?? '';
  return /^application\/x-www-form-urlencoded\s*(?:;\s*charset="?utf-8"?\s*)?$/i.test(type);
}

function tooLarge(): Form {
  return refuse('The body is larger than this endpoint takes.');
}

function refuse(why: string): Form {
  return { kind: 'refused', why };
}
