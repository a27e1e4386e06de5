import type { JsonObject, JsonValue } from '../../../src/domain/json.ts';
import { encoded } from '../../facade/support/tokens.ts';
import { compact, type Target } from './target.ts';

/** A token and how it was made. */
export interface Mutant {
  readonly how: string;
  /** Made only when it is wanted: signing takes its time. */
  readonly make: () => string;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const FOREIGN = ['+', '/', '=', ' ', '\n', '\t', '\0', '.', '!', '%', 'é', 'Ł', '\ud83d', '！'];

/** Every `step`th place of a token: changed, left out, filled in and doubled. `draw` gives numbers below its argument. */
export function* byteMutants(
  token: string,
  step: number,
  draw: (below: number) => number,
): Generator<Mutant> {
  for (let at = draw(step); at < token.length; at += step) {
    const [before, here, after] = [token.slice(0, at), token.charAt(at), token.slice(at + 1)];
    const other = ALPHABET.charAt(draw(64));
    const foreign = FOREIGN[draw(FOREIGN.length)] ?? '';
    const flipped = ALPHABET.charAt(ALPHABET.indexOf(here) ^ (1 << draw(6)));
    yield { how: `bit of ${at}`, make: () => before + flipped + after };
    yield { how: `changed ${at}`, make: () => before + other + after };
    yield { how: `foreign ${at}`, make: () => before + foreign + after };
    yield { how: `left out ${at}`, make: () => before + after };
    yield { how: `filled in ${at}`, make: () => before + other + here + after };
    yield { how: `foreign before ${at}`, make: () => before + foreign + here + after };
    yield { how: `doubled ${at}`, make: () => before + here + here + after };
    yield { how: `cut at ${at}`, make: () => before };
  }
}

const VALUES: readonly JsonValue[] = [
  null,
  true,
  0,
  -1,
  1.5,
  '',
  ' ',
  'x',
  [],
  ['x'],
  {},
  [null],
  '\u0000',
  '\ud800',
];

/** Headers of every kind, signed by the right key. */
export function* headerMutants({ signed, header, key }: Target): Generator<Mutant> {
  const changed = (how: string, changes: JsonObject): Mutant => ({
    how: `header ${how}`,
    make: () => signed({ ...header, ...changes }),
  });
  const { algorithm } = key;
  const cases = [
    algorithm.toLowerCase(),
    `${algorithm} `,
    ` ${algorithm}`,
    `${algorithm}\0`,
    'Ed25519',
    'none',
    'None',
  ];
  for (const alg of [...cases, 'HS256', 'HS384', 'RS256', 'PS256', 'ES256', 'ES256K', 'EdDSA', ...VALUES]) {
    yield changed(`alg ${JSON.stringify(alg)}`, { alg });
  }
  for (const name of [
    'typ',
    'kid',
    'cty',
    'crit',
    'b64',
    'jwk',
    'jku',
    'x5c',
    'x5u',
    'x5t',
    'zip',
    'enc',
    'extra',
  ]) {
    const { [name]: _, ...rest } = header;
    yield { how: `header without ${name}`, make: () => signed(rest) };
    for (const value of VALUES) yield changed(`${name} ${JSON.stringify(value)}`, { [name]: value });
  }
  for (const typ of [
    'JWT',
    'jwt',
    'AT+JWT',
    'application/at+jwt',
    'application/AT+JWT',
    'id+jwt',
    'at+jwt;a=b',
  ]) {
    yield changed(`typ ${typ}`, { typ });
  }
  for (const crit of [['exp'], ['b64'], ['alg'], ['x', 'x'], ['http://example.invalid/U']]) {
    yield changed(`crit ${crit.join()}`, { crit });
    yield changed(`crit ${crit.join()} and it`, {
      crit,
      exp: 1,
      b64: true,
      x: 1,
      'http://example.invalid/U': 1,
    });
    yield changed(`crit ${crit.join()} and b64`, { crit, b64: false });
  }
  const text = JSON.stringify(header).slice(1, -1);
  for (const other of jsonVariants(text, 'alg'))
    yield { how: `header text ${other.slice(0, 30)}`, make: () => signed(other) };
}

const CLAIMS = [
  'iss',
  'sub',
  'aud',
  'exp',
  'nbf',
  'iat',
  'jti',
  'sid',
  'client_id',
  'ww_gen',
  'scope',
  'auth_time',
  'amr',
];

/** Payloads of every kind, signed by the right key. */
export function* payloadMutants({ signed, header, claims }: Target): Generator<Mutant> {
  const text = JSON.stringify(claims).slice(1, -1);
  for (const name of CLAIMS) {
    const { [name]: own = null, ...rest } = claims;
    const members = JSON.stringify(rest).slice(1, -1);
    yield { how: `payload without ${name}`, make: () => signed(header, rest) };
    const values = VALUES.map((value) => JSON.stringify(value));
    const same = JSON.stringify(own);
    for (const value of [
      ...values,
      `[${same}]`,
      `[${same},"x"]`,
      `["x",${same}]`,
      `[${same},1]`,
      `"${same.replaceAll('"', '')}"`,
    ]) {
      yield {
        how: `payload ${name} ${value}`,
        make: () => signed(header, `{${members},"${name}":${value}}`),
      };
    }
    yield { how: `payload ${name} twice`, make: () => signed(header, `{${text},"${name}":${same}}`) };
  }
  const nowSeconds = Math.floor(Date.now() / 1000);
  for (const name of ['exp', 'nbf', 'iat', 'auth_time']) {
    const { [name]: _, ...rest } = claims;
    const members = JSON.stringify(rest).slice(1, -1);
    const away = [-1e9, -3600, -100, -10, 15, 100, 3600, 1e9].map((by) => `${nowSeconds + by}`);
    for (const value of [
      ...away,
      '1e400',
      '-1e400',
      '1e15',
      '1e308',
      '253402300799',
      '253402300800',
      `${nowSeconds}.5`,
      '-0',
    ]) {
      yield {
        how: `payload ${name} ${value}`,
        make: () => signed(header, `{${members},"${name}":${value}}`),
      };
    }
  }
  for (const other of jsonVariants(text, 'sub'))
    yield { how: `payload text ${other.slice(0, 30)}`, make: () => signed(header, other) };
}

/** Other texts than the object with those members. */
function jsonVariants(members: string, name: string): readonly string[] {
  const deep = (depth: number): string => `{${members},"x":${'['.repeat(depth)}${']'.repeat(depth)}}`;
  const objects = [
    '"x":{"a":1,"a":2}',
    '"__proto__":{"a":1}',
    '"x":{"__proto__":1}',
    '"x":"\\ud800"',
    '"\\u0078":"\\""',
    '"x":1e999',
  ];
  return [
    ...objects.map((more) => `{${members},${more}}`),
    ...[1, 6, 7, 8, 9, 50].map(deep),
    `{"${name}":"x",${members}}`,
    `{ ${members.replaceAll('":', '"\t:\r\n')} }`,
    `\ufeff{${members}}`,
    ` {${members}}\n`,
    `{${members}}x`,
    `{${members}}{}`,
    `{${members},}`,
    `{${members}`,
    `[{${members}}]`,
    `"{}"`,
    'null',
    '1',
    '{}',
    '[]',
    'text',
    `{${members},"x":"${'x'.repeat(4000)}"}`,
    `{${members},"x":"${'x'.repeat(9000)}"}`,
  ];
}

/** Other spellings in base64url, of what was signed so. */
export function* spellingMutants({ key, token, header, claims }: Target): Generator<Mutant> {
  const end = token.lastIndexOf('.') + 1;
  const signature = token.slice(end);
  const bytes = key.signatureBytes(token.slice(0, end - 1));
  for (const [how, text] of spellings(signature, bytes)) {
    yield { how: `signature ${how}`, make: () => token.slice(0, end) + text };
  }
  for (const pad of ['', 'a', 'ab']) {
    const [one, two] = [
      { ...header, cty: `?>~${pad}` },
      { ...claims, x: `?>~${pad}` },
    ];
    for (const [how, text] of spellings(encoded(one), Buffer.from(JSON.stringify(one)))) {
      yield { how: `header ${how}`, make: () => compact(key, text, encoded(two)) };
    }
    for (const [how, text] of spellings(encoded(two), Buffer.from(JSON.stringify(two)))) {
      yield { how: `payload ${how}`, make: () => compact(key, encoded(one), text) };
    }
  }
  const latin = Buffer.from(JSON.stringify({ ...claims, x: 'é' }), 'latin1').toString('base64url');
  yield { how: 'payload in Latin-1', make: () => compact(key, encoded(header), latin) };
  const utf16 = Buffer.from(JSON.stringify(claims), 'utf16le').toString('base64url');
  yield { how: 'payload in UTF-16', make: () => compact(key, encoded(header), utf16) };
  yield { how: 'payload empty', make: () => compact(key, encoded(header), '') };
  yield { how: 'payload of bytes', make: () => compact(key, encoded(header), '_-8A') };
  for (const [before, after] of [
    [' ', ''],
    ['', ' '],
    ['', '\n'],
    ['\ufeff', ''],
    ['Bearer ', ''],
    ['', '.'],
    ['.', ''],
    ['', '~'],
  ] as const) {
    yield { how: `in ${JSON.stringify([before, after])}`, make: () => before + token + after };
  }
}

function* spellings(text: string, bytes: Buffer): Generator<readonly [string, string]> {
  const last = ALPHABET.indexOf(text.at(-1) ?? '');
  yield ['padded', text + '='.repeat((4 - (text.length % 4)) % 4)];
  yield ['with =', `${text}=`];
  yield ['with ====', `${text}====`];
  yield ['as base64', bytes.toString('base64')];
  yield ['as base64 without padding', bytes.toString('base64').replaceAll('=', '')];
  yield ['as hex', bytes.toString('hex')];
  for (const bit of [1, 2, 4, 8]) yield [`with bit ${bit}`, text.slice(0, -1) + ALPHABET.charAt(last ^ bit)];
  for (const white of [' ', '\n', '\t', '\r\n']) {
    yield ['before white space', text + white];
    yield ['behind white space', white + text];
    yield ['around white space', text.slice(0, 5) + white + text.slice(5)];
  }
  yield ['and one more', `${text}A`];
  yield ['and a byte more', `${text}AA`];
  yield ['twice', text + text];
}

const N256 = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** Signatures that are degenerate, or right in another spelling. */
export function* signatureMutants({ key, token }: Target): Generator<Mutant> {
  const input = token.slice(0, token.lastIndexOf('.'));
  const bytes = key.signatureBytes(input);
  const half = bytes.length / 2;
  const forged: [string, Uint8Array][] = [
    ['of zeros', Buffer.alloc(bytes.length)],
    ['of ones', Buffer.alloc(bytes.length, 0xff)],
    ['behind a zero byte', Buffer.concat([Buffer.alloc(1), bytes])],
    ['before a zero byte', Buffer.concat([bytes, Buffer.alloc(1)])],
    ['first half of zeros', Buffer.concat([Buffer.alloc(half), bytes.subarray(half)])],
    ['second half of zeros', Buffer.concat([bytes.subarray(0, half), Buffer.alloc(half)])],
    ['swapped', Buffer.concat([bytes.subarray(half), bytes.subarray(0, half)])],
    ['reversed', Buffer.from(bytes).reverse()],
    ['of nothing', Buffer.alloc(0)],
  ];
  for (let length = 1; length < bytes.length; length += 7)
    forged.push([`cut to ${length}`, bytes.subarray(0, length)]);
  if (key.algorithm === 'ES256') {
    const s = N256 - BigInt(`0x${bytes.subarray(half).toString('hex')}`);
    const high = Buffer.from(s.toString(16).padStart(64, '0'), 'hex');
    forged.push(['with n − s', Buffer.concat([bytes.subarray(0, half), high])]);
    forged.push(['in DER', der(bytes)]);
    forged.push(['in DER, zeros', Buffer.from('3006020100020100', 'hex')]);
  }
  for (const [how, other] of forged) {
    yield { how: `signature ${how}`, make: () => `${input}.${Buffer.from(other).toString('base64url')}` };
  }
}

function der(concat: Buffer): Buffer {
  const integer = (half: Buffer): Buffer => {
    const digits = Buffer.concat([Buffer.alloc(half.readUInt8(0) > 0x7f ? 1 : 0), half]);
    return Buffer.concat([Buffer.from([2, digits.length]), digits]);
  };
  const body = Buffer.concat([integer(concat.subarray(0, 32)), integer(concat.subarray(32))]);
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
}
