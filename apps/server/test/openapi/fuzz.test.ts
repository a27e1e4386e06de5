import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc, { type Arbitrary } from 'fast-check';
import { startAdminHost, type AdminHost } from '../admin/admin-host.ts';
import { assertGivesNothingAway } from '../app/assert-problem.ts';
import { ask, type Answer, type Question } from '../app/exchange.ts';
import { propertyRuns } from '../property-runs.ts';
import { CALLERS, createFixtures, type Caller, type Fixtures } from './fixtures.ts';
import { arbitraryNamed, arbitraryOf } from './json-schema-arbitrary.ts';
import { readDescription, type Description, type Operation } from './operations.ts';

/** A request that was made up, before real values stand in the places of `{{name}}`. */
interface Asked {
  readonly caller: Caller;
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly type: string | undefined;
  readonly body: unknown;
}

interface Bench {
  readonly host: AdminHost;
  readonly description: Description;
  readonly fixtures: Fixtures;
}

async function openBench(t: Parameters<typeof startAdminHost>[0]): Promise<Bench> {
  const host = await startAdminHost(t);
  return { host, description: await readDescription(host), fixtures: await createFixtures(host) };
}

test('every operation can be used as the document says', async (t) => {
  const bench = await openBench(t);
  for (const operation of bench.description.operations) {
    const callers = callersOf(operation);
    const valid = fc.record(validRequest(operation, bench.description, fc.constantFrom(...callers)));
    let last: Answer | undefined;
    for (const asked of fc.sample(valid, { numRuns: 100, seed: 1 })) {
      last = await judge(bench, operation, asked);
      const what = `${nameOf(operation)} ${JSON.stringify(asked)}: ${last.text}`;
      assert.ok(last.status !== 422 || !last.text.includes('ERR_BODY_INVALID'), what);
      if (last.status < 300) break;
    }
    assert.ok(last !== undefined && last.status < 300, `${nameOf(operation)}: ${last?.status} ${last?.text}`);
  }
});

test('whatever is sent, by whomever, each answer is one that the document declares', async (t) => {
  const bench = await openBench(t);
  for (const operation of bench.description.operations) {
    const { numRuns, ...seed } = propertyRuns(20, 250);
    await fc.assert(
      fc.asyncProperty(anyRequest(operation, bench.description), async (asked) => {
        await judge(bench, operation, asked);
      }),
      // New keys take time: those of RSA to be made, all of them until they sign.
      { ...seed, numRuns: operation.path === '/admin/v1/keys' ? numRuns / 5 : numRuns },
    );
  }
});

/** Who may expect more of an operation than a refusal. */
function callersOf({ security }: Operation): readonly Caller[] {
  const schemes: Readonly<Record<string, Caller>> = {
    accessToken: 'user',
    accessCookie: 'user by cookie',
    refreshCookie: 'nobody',
    client: 'client',
    admin: 'admin',
  };
  const named = security.map((one) => schemes[Object.keys(one)[0] ?? ''] ?? 'nobody');
  return named.length === 0 ? ['nobody', 'page'] : named;
}

function validRequest(
  { parameters, body }: Operation,
  { resolve }: Description,
  caller: Arbitrary<Caller>,
): { [Member in keyof Asked]: Arbitrary<Asked[Member]> } {
  const text = ({ name, schema }: Operation['parameters'][number]): Arbitrary<string> =>
    arbitraryNamed(name, schema, resolve).map(String);
  const inPath = parameters.filter((one) => one.in === 'path');
  const inQuery = parameters.filter((one) => one.in === 'query');
  const inHeaders = parameters.filter((one) => one.in === 'header');
  return {
    caller,
    path: fc.record(Object.fromEntries(inPath.map(({ name }) => [name, fc.constant(`{{${name}}}`)]))),
    query: fc.record(Object.fromEntries(inQuery.map((one) => [one.name, text(one)])), {
      requiredKeys: inQuery.filter(({ required }) => required).map(({ name }) => name),
    }),
    headers: fc.record(
      Object.fromEntries(
        inHeaders.map((one) => [one.name, fc.oneof(text(one), fc.constant(`{{${one.name}}}`))]),
      ),
    ),
    type: fc.constant(body?.type),
    body: body === undefined ? fc.constant(undefined) : arbitraryOf(body.schema, resolve),
  };
}

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '',
    '.',
    '..',
    '%',
    '%00',
    '\u0000',
    '\ud800',
    "' OR 1=1 --",
    '__proto__',
    '-1',
    '1e9',
    'null',
  ),
);

/** Valid in some of its parts, and anything in the others. */
function anyRequest(operation: Operation, description: Description): Arbitrary<Asked> {
  const valid = validRequest(operation, description, fc.constantFrom(...CALLERS, ...callersOf(operation)));
  const inPath = operation.parameters.filter((one) => one.in === 'path').map(({ name }) => name);
  const inQuery = operation.parameters.filter((one) => one.in === 'query').map(({ name }) => name);
  return fc.record({
    ...valid,
    path: fc.oneof(valid.path, fc.record(Object.fromEntries(inPath.map((name) => [name, anyText])))),
    query: fc.oneof(
      { weight: 2, arbitrary: valid.query },
      fc.dictionary(fc.constantFrom(...inQuery, 'access_token', 'x', '__proto__'), anyText, { maxKeys: 4 }),
    ),
    type: fc.oneof(
      { weight: 6, arbitrary: valid.type },
      fc.constantFrom('application/json', 'application/x-www-form-urlencoded', 'text/plain', '', 'x/'),
    ),
    body: fc.oneof(
      { weight: 3, arbitrary: valid.body },
      { weight: 3, arbitrary: fc.tuple(valid.body, anyText, fc.jsonValue({ maxDepth: 2 })).map(mutated) },
      fc.jsonValue(),
      fc.uint8Array({ maxLength: 50 }).map((bytes) => Buffer.from(bytes)),
      fc.constant('a'.repeat(20_000)),
    ),
  });
}

/** One member is something else, or one more. */
function mutated([body, name, value]: readonly [unknown, string, unknown]): unknown {
  if (typeof body !== 'object' || body === null) return value;
  const names = Object.keys(body);
  const at = names[name.length % (names.length + 1)] ?? name;
  return { ...body, [at]: value };
}

async function judge(bench: Bench, operation: Operation, asked: Asked): Promise<Answer> {
  const question = await questionOf(bench, operation, asked);
  const what = `${nameOf(operation)} ${JSON.stringify(asked).slice(0, 500)}`;
  const answer = await ask(bench.host, question);
  assert.ok(answer.status < 500, `${what}: ${answer.status} ${answer.text}`);
  bench.description.assertDeclared(operation, answer, what);
  assertGivesNothingAway(answer, what);
  assert.ok(!answer.text.includes(bench.host.folder) && !answer.text.includes(process.cwd()), what);
  assert.ok(!answer.text.includes(bench.host.credential.token), what);
  return answer;
}

async function questionOf(
  { fixtures }: Bench,
  { method, path: template }: Operation,
  { caller, path, query, headers: named, type, body }: Asked,
): Promise<Question> {
  const real = async (text: string): Promise<string> => {
    const name = /^\{\{([\w-]+)\}\}$/.exec(text)?.[1];
    return name === undefined ? text : ((await fixtures.known(name, template)) ?? text);
  };
  let target = template;
  for (const [name, text] of Object.entries(path)) {
    target = target.replace(`{${name}}`, () => encode(text));
    if (/^\{\{\w+\}\}$/.test(text)) target = target.replace(encode(text), encode(await real(text)));
  }
  const pairs = Object.entries(query).map(([name, text]) => `${encode(name)}=${encode(text)}`);
  const headers = await fixtures.headersOf(caller);
  for (const [name, text] of Object.entries(named)) headers[name] = await real(text);
  const sent = await encodeBody(body, type, real);
  return {
    method,
    path: pairs.length === 0 ? target : `${target}?${pairs.join('&')}`,
    headers: { ...headers, host: 'localhost', ...(type !== undefined && { 'content-type': type }) },
    ...(sent !== undefined && method !== 'GET' && { body: sent }),
  };
}

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

async function encodeBody(
  body: unknown,
  type: string | undefined,
  real: (text: string) => Promise<string>,
): Promise<string | Uint8Array | undefined> {
  if (body === undefined || body instanceof Uint8Array || typeof body === 'string') return body;
  if (typeof body !== 'object' || body === null) return JSON.stringify(body);
  const members: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(body)) {
    members[name] = typeof value === 'string' ? await real(value) : value;
  }
  return type === 'application/x-www-form-urlencoded'
    ? Object.entries(members)
        .map(([name, value]) => `${encode(name)}=${encode(textOf(value))}`)
        .join('&')
    : JSON.stringify(Array.isArray(body) ? body : members);
}

/** Of what a form cannot hold, something. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function nameOf({ method, path }: Operation): string {
  return `${method} ${path}`;
}
