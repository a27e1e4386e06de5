import { isJsonObject, type JsonObject } from '../../../src/domain/json.ts';

/** What a token is, read as leniently as anybody would, without our own parsers. */
export interface TokenFacts {
  readonly token: string;
  readonly parts: readonly string[];
  readonly headerText: string;
  readonly payloadText: string;
  /** `undefined` where it is no JSON object. */
  readonly header: JsonObject | undefined;
  readonly payload: JsonObject | undefined;
  /** The names of all members in both. */
  readonly names: readonly string[];
  readonly repeats: boolean;
  readonly depth: number;
  readonly isUtf8: boolean;
  readonly nowSeconds: number;
}

export function readFacts(token: string): TokenFacts {
  const parts = token.split('.');
  const bytes = [0, 1].map((index) => Buffer.from(parts[index] ?? '', 'base64url'));
  const texts = bytes.map((one) => one.toString('utf8'));
  const [values, strictPayload] = [
    texts.map((text) => parsed(text.replace(/^\ufeff/, ''))),
    parsed(texts[1] ?? ''),
  ];
  const names = texts.map(namesIn);
  const [headerText = '', payloadText = ''] = texts;
  const [header] = values;
  return {
    token,
    parts,
    headerText,
    payloadText,
    header: isJsonObject(header) ? header : undefined,
    payload: isJsonObject(strictPayload) ? strictPayload : undefined,
    names: names.flat(),
    repeats: values.some(
      (value, index) => value !== undefined && (names[index]?.length ?? 0) > members(value),
    ),
    depth: Math.max(...values.map(depthOf)),
    isUtf8: bytes.every((one, index) => one.equals(Buffer.from(texts[index] ?? '', 'utf8'))),
    nowSeconds: Date.now() / 1000,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** In JSON a string before a colon is a name, and quotes stand nowhere but around strings. */
function namesIn(text: string): readonly string[] {
  const names: string[] = [];
  for (const [, quoted = '', colon] of text.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?/gs)) {
    const name = colon === undefined ? undefined : parsed(quoted);
    if (typeof name === 'string') names.push(name);
  }
  return names;
}

function members(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const own = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce((sum: number, one) => sum + members(one), own);
}

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
const isTexts = (value: unknown): boolean =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');
const isSeconds = (value: unknown): boolean =>
  typeof value === 'number' && value >= 0 && value < 253_402_300_800;

/** RFC 7519 §4.1, RFC 9068 §2.2 and docs/protocol.md, written down once more. */
const RIGHT: Readonly<Record<string, (value: unknown) => boolean>> = {
  iss: isText,
  sub: isText,
  aud: (value) =>
    isText(value) || (isTexts(value) && (value as string[]).length > 0 && !(value as string[]).includes('')),
  exp: isSeconds,
  iat: isSeconds,
  nbf: (value) => value === undefined || isSeconds(value),
  jti: (value) => typeof value === 'string' && /^[\w-]{21}[AQgw]$/.test(value),
  sid: (value) =>
    typeof value === 'string' &&
    /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(value),
  client_id: isText,
  ww_gen: (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) < 2 ** 32,
  scope: (value) => value === undefined || typeof value === 'string',
  auth_time: (value) => value === undefined || isSeconds(value),
  amr: (value) => value === undefined || isTexts(value),
};

/** The names of the claims that an access token may not have so. */
export function wrongClaims(payload: JsonObject | undefined): readonly string[] {
  return Object.keys(RIGHT).filter((name) => RIGHT[name]?.(payload?.[name]) === false);
}
