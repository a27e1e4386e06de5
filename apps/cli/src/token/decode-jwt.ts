import { Stop } from '../stop.ts';

export type JsonRecord = Readonly<Record<string, unknown>>;

/** What a token says, whoever made it: nothing of it was verified. */
export interface DecodedJwt {
  readonly text: string;
  readonly header: JsonRecord;
  readonly claims: JsonRecord;
  readonly signatureBytes: number;
}

/** Takes a signed or unsigned JWT apart. As lenient as can be: what is wrong with a token is for `token lint` to say. */
export function decodeJwt(text: string): DecodedJwt {
  const parts = text.split('.');
  if (parts.length === 5) {
    throw new Stop(2, 'That is an encrypted token (JWE): only who has its key can read it.');
  }
  const [header = '', claims = '', signature = ''] = parts;
  if (parts.length !== 3) {
    throw new Stop(2, 'That is no JWT: it has to have three parts with dots between.');
  }
  return {
    text,
    header: parsePart(header, 'header'),
    claims: parsePart(claims, 'payload'),
    signatureBytes: Buffer.from(signature, 'base64url').length,
  };
}

function parsePart(part: string, name: string): JsonRecord {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch {
    throw new Stop(2, `That is no JWT: its ${name} is not JSON in base64url.`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonRecord;
  throw new Stop(2, `That is no JWT: its ${name} is not a JSON object.`);
}
