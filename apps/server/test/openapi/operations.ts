import assert from 'node:assert/strict';
import addFormats from 'ajv-formats';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { AdminHost } from '../admin/admin-host.ts';
import { ask, type Answer } from '../app/exchange.ts';
import type { Json, JsonSchema } from './json-schema-arbitrary.ts';

export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly in: 'path' | 'query' | 'header';
    readonly required: boolean;
    readonly schema: JsonSchema;
  }[];
  readonly body: { readonly type: string; readonly schema: JsonSchema } | undefined;
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
  readonly security: readonly Readonly<Record<string, unknown>>[];
}

export interface Description {
  readonly operations: readonly Operation[];
  resolve(ref: string): JsonSchema;
  /** Holds an answer against what the document says of the operation. */
  assertDeclared(operation: Operation, answer: Answer, what: string): void;
}

/** Reads the document that the server gives out. */
export async function readDescription(host: AdminHost): Promise<Description> {
  const document = JSON.parse((await ask(host, { path: '/openapi.json' })).text);
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema(document, 'document');
  const operations = Object.entries<Record<string, Json>>(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => operationOf(method, path, operation)),
  );
  return {
    operations,
    resolve: (ref) => document.components.schemas[ref.slice(ref.lastIndexOf('/') + 1)],
    assertDeclared(operation, { status, headers, text }, what) {
      const declared = operation.responses[status];
      assert.ok(declared !== undefined, `${what}: ${status} is not declared: ${text.slice(0, 300)}`);
      if (declared.content === undefined) return assert.equal(text, '', what);
      const [type = ''] = String(headers['content-type']).split(';', 1);
      assert.ok(type in declared.content, `${what}: ${type} is not declared for ${status}`);
      if (!type.endsWith('json')) return;
      const pointer = ['paths', operation.path, operation.method.toLowerCase(), 'responses', status]
        .concat(['content', type, 'schema'])
        .map((part) => encodeURIComponent(String(part).replaceAll('~', '~0').replaceAll('/', '~1')))
        .join('/');
      const validate = ajv.getSchema(`document#/${pointer}`);
      assert.ok(validate !== undefined, pointer);
      assert.ok(
        validate(JSON.parse(text)),
        `${what}: ${text.slice(0, 300)} ${ajv.errorsText(validate.errors)}`,
      );
    },
  };
}

function operationOf(method: string, path: string, operation: Record<string, Json>): Operation {
  const [content] = Object.entries<{ schema: JsonSchema }>(operation['requestBody']?.content ?? {});
  return {
    method: method.toUpperCase(),
    path,
    parameters: operation['parameters'] ?? [],
    body: content && { type: content[0], schema: content[1].schema },
    responses: operation['responses'],
    security: operation['security'],
  };
}
