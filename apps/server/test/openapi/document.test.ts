import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { ERROR_CATALOGUE } from 'watchword';
import { ADMIN_ENDPOINTS } from '../../src/admin/endpoints.ts';
import { startAdminHost } from '../admin/admin-host.ts';
import { ask } from '../app/exchange.ts';
import type { Json } from './json-schema-arbitrary.ts';

test('/openapi.json is a valid OpenAPI 3.1 document', async (t) => {
  const host = await startAdminHost(t);
  const { status, headers, text } = await ask(host, { path: '/openapi.json' });
  assert.equal(status, 200);
  assert.equal(headers['content-type'], 'application/json; charset=utf-8');
  const validator = new Validator();
  const result = await validator.validate(JSON.parse(text));
  assert.deepEqual(result.errors ?? [], []);
  assert.deepEqual([result.valid, validator.version], [true, '3.1']);
});

test('it names no machine, repeats no operation, and every reference leads somewhere', async (t) => {
  const host = await startAdminHost(t);
  const { text } = await ask(host, { path: '/openapi.json' });
  const document = JSON.parse(text);
  assert.equal(document.servers, undefined);
  assert.doesNotMatch(text, /localhost|127\.0\.0\.1/);
  const operations = Object.values<Record<string, Json>>(document.paths).flatMap((item) =>
    Object.values(item),
  );
  const ids = operations.map(({ operationId }) => operationId);
  assert.equal(new Set(ids).size, ids.length);
  for (const [, name = ''] of text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)) {
    assert.ok(name in document.components.schemas, name);
  }
  assert.doesNotMatch(text, /\$defs/);
});

test('every endpoint of the admin API is in it, with what it wants and every status it gives', async (t) => {
  const host = await startAdminHost(t);
  const document = JSON.parse((await ask(host, { path: '/openapi.json' })).text);
  for (const { method, path, refusals } of ADMIN_ENDPOINTS) {
    const operation = document.paths[path][method.toLowerCase()];
    assert.deepEqual(operation.security, [{ admin: [] }], path);
    for (const code of refusals) {
      const answer = operation.responses[ERROR_CATALOGUE[code].status];
      const [problem, particular] = answer.content['application/problem+json'].schema.allOf;
      assert.deepEqual(problem, { $ref: '#/components/schemas/Problem' });
      assert.ok(particular.properties.code.enum.includes(code), code);
    }
  }
  const list = document.paths['/admin/v1/sessions'].get;
  assert.deepEqual(
    list.parameters.map((one: Json) => [one.name, one.in, one.required, one.schema.type]),
    [
      ['subject', 'query', false, 'string'],
      ['after', 'query', false, 'string'],
      ['limit', 'query', false, 'integer'],
    ],
  );
});
