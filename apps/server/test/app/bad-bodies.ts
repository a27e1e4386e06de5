import type { ErrorCode } from 'watchword';
import { MARKER } from './assert-problem.ts';

export interface BadBody {
  readonly name: string;
  readonly body: string | Uint8Array;
  readonly code: ErrorCode;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly chunkBytes?: number;
}

const MEGABYTE = 2 ** 20;
const JSON_TYPE = { 'content-type': 'application/json' };

/** As text, so that what no object can hold can be written, too. */
function members(rest: string): string {
  return `{"${MARKER}":"${MARKER}",${rest}}`;
}

const nested = (open: string, close: string, depth: number): string =>
  open.repeat(depth) + close.repeat(depth);
const email = `"email":"${MARKER}@example.com"`;

const WRONG_MEMBERS: readonly (readonly [name: string, body: string, path?: string])[] = [
  ['no members', '{}'],
  ['no password', members(email)],
  ['no e-mail address', members(`"password":"${MARKER}"`)],
  ['an address that is a number', members('"email":1,"password":"12345678"')],
  ['an address that is null', members('"email":null,"password":"12345678"')],
  ['an address that is an array', members(`"email":["${MARKER}"],"password":"12345678"`)],
  ['an address that is an object', members(`"email":{"${MARKER}":1},"password":"12345678"`)],
  ['an address of 1025 characters', members(`"email":"${'a'.repeat(1025)}","password":"12345678"`)],
  ['a password that is a number', members(`${email},"password":12345678`)],
  ['a password that is true', members(`${email},"password":true`)],
  ['a password of 4097 characters', members(`${email},"password":"${'a'.repeat(4097)}"`)],
  ['an unknown delivery', members(`${email},"password":"12345678","delivery":"${MARKER}"`)],
  ['a delivery that is null', members(`${email},"password":"12345678","delivery":null`)],
  ['a delivery that is an array', members(`${email},"password":"12345678","delivery":["body"]`)],
  ['members of another spelling', members('"Email":"a@example.com","PASSWORD":"12345678"')],
  ['members of the prototype', '{"constructor":{"email":"a"},"prototype":{"password":"b"}}'],
  ['a refresh token that is a number', members('"refresh_token":1'), '/auth/refresh'],
  ['a refresh token that is null', members('"refresh_token":null'), '/auth/refresh'],
  ['a refresh token that is an array', members(`"refresh_token":["${MARKER}"]`), '/auth/refresh'],
  ['a refresh token of 1025 characters', members(`"refresh_token":"${'a'.repeat(1025)}"`), '/auth/refresh'],
  ['a refresh token that is an object', members(`"refresh_token":{"${MARKER}":1}`), '/auth/sign-out'],
];

/** None of them becomes good when a laxer parser has read it first. */
const NOT_JSON: readonly (readonly [name: string, body: string | Uint8Array])[] = [
  ['an array', `["${MARKER}"]`],
  ['a string', `"${MARKER}"`],
  ['a number', '1'],
  ['null', 'null'],
  ['a word', MARKER],
  ['white space', ' \n'],
  ['half an object', members('"email"').slice(0, -1)],
  ['a comma too many', members('"email":1,')],
  ['something behind it', `{} ${MARKER}`],
  ['two objects', '{}{}'],
  ['comments', `{/* ${MARKER} */}`],
  ['single quotes', `{'email':'${MARKER}'}`],
  ['NaN', '{"email":NaN}'],
  ['a control character in a string', `{"email":"\u0000${MARKER}"}`],
  ['a broken escape', '{"email":"\\u12"}'],
  ['100 arrays', members(`"email":${nested('[', ']', 100)}`)],
  ['100 objects', members(`"email":${nested('{"a":', '}', 100).replace(':}', ':1}')}`)],
  ['7000 arrays', nested('[', ']', 7000)],
  ['a member twice', members(`"email":1,"email":"${MARKER}"`)],
  ['a member twice, spelt in two ways', members(`"email":1,"\\u0065mail":"${MARKER}"`)],
  ['a member twice, deep inside', members('"a":[{"b":[{"c":1,"c":1}]}]')],
  ['__proto__', `{"__proto__":{"email":"${MARKER}","password":"${MARKER}"}}`],
  ['__proto__, escaped', `{"__pro\\u0074o__":{"email":"${MARKER}"}}`],
  ['__proto__, deep inside', members('"a":{"__proto__":{"polluted":true}}')],
  [
    'broken UTF-8',
    Buffer.concat([Buffer.from(`{"email":"${MARKER}`), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]),
  ],
  ['UTF-8 that breaks off', Buffer.concat([Buffer.from('{"email":"'), Buffer.from([0xe2, 0x82])])],
  [
    'an encoded surrogate',
    Buffer.concat([Buffer.from('{"email":"'), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from('"}')]),
  ],
  [
    'an overlong encoding',
    Buffer.concat([Buffer.from('{"email":"'), Buffer.from([0xc0, 0x80]), Buffer.from('"}')]),
  ],
  ['UTF-16', Buffer.from(`\ufeff{"email":"${MARKER}"}`, 'utf16le')],
];

const CONTENT_TYPES = [
  'text/plain',
  'text/plain; charset=utf-8',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/jsonp',
  'application/json-patch+json',
  'application/problem+json',
  'application/json, text/plain',
  'application/json; charset=utf-16',
  'application/json; charset=iso-8859-1',
  `application/json; x=${MARKER}`,
  'json',
  '*/*',
  '/',
  MARKER,
];

const TOO_LARGE: readonly BadBody[] = [
  { name: '1 MB of text', body: members(`"email":"${'a'.repeat(MEGABYTE)}"`), code: 'ERR_BODY_TOO_LARGE' },
  { name: '1 MB of arrays', body: nested('[', ']', MEGABYTE / 2), code: 'ERR_BODY_TOO_LARGE' },
  { name: '1 MB of white space', body: ' '.repeat(MEGABYTE), code: 'ERR_BODY_TOO_LARGE' },
  { name: '16385 bytes', body: `{${' '.repeat(16_383)}}`, code: 'ERR_BODY_TOO_LARGE' },
];

export const BAD_BODIES: readonly BadBody[] = [
  { name: 'an empty body', body: '', code: 'ERR_BODY_INVALID', headers: JSON_TYPE },
  {
    name: 'a byte order mark and no members',
    body: '\ufeff{}',
    code: 'ERR_BODY_INVALID',
    headers: JSON_TYPE,
  },
  ...WRONG_MEMBERS.map(([name, body, path]) => ({
    name,
    body,
    code: 'ERR_BODY_INVALID' as const,
    headers: JSON_TYPE,
    ...(path !== undefined && { path }),
  })),
  ...NOT_JSON.map(([name, body]) => ({ name, body, code: 'ERR_BODY_NOT_JSON' as const, headers: JSON_TYPE })),
  ...CONTENT_TYPES.map((type) => ({
    name: `the type ${type}`,
    body: members(`${email},"password":"${MARKER}"`),
    code: 'ERR_CONTENT_TYPE' as const,
    headers: { 'content-type': type },
  })),
  { name: 'no type', body: members(`${email},"password":"${MARKER}"`), code: 'ERR_CONTENT_TYPE' },
  ...TOO_LARGE.map((each) => ({ ...each, headers: JSON_TYPE })),
  ...TOO_LARGE.map((each) => ({
    ...each,
    name: `${each.name}, in chunks`,
    headers: JSON_TYPE,
    chunkBytes: 10_000,
  })),
];

const ALL_ROUTES = ['/auth/sign-up', '/auth/sign-in', '/auth/refresh', '/auth/sign-out'];

/** Every route that takes a body has to refuse the bodies that are no JSON object at all. */
export function routesFor({ path, code }: BadBody): readonly string[] {
  if (path !== undefined) return [path];
  return code === 'ERR_BODY_INVALID' ? ['/auth/sign-up', '/auth/sign-in'] : ALL_ROUTES;
}
