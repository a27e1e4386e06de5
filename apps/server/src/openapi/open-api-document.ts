import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import { codesByStatus, problemSchema } from './problem-schema.ts';
import {
  COMMON_REFUSALS,
  type BodyDescription,
  type ResponseDescription,
  type Responses,
  type RouteDescription,
} from './route-description.ts';
import { SECURITY_SCHEMES } from './security-schemes.ts';

type JsonSchema = Readonly<Record<string, unknown>>;

/** The document that describes the routes, OpenAPI 3.1. Its schemas are made from those that the routes check with. */
export function openApiDocument(routes: readonly RouteDescription[], version: string): object {
  const schemas = new SchemaCollection();
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    (paths[route.path] ??= {})[route.method.toLowerCase()] = operation(route, schemas);
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Watchword',
      version,
      description: 'Access tokens, refresh tokens, sessions and revocation.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    tags: [...new Set(routes.map(({ group }) => group))].map((name) => ({ name })),
    paths,
    components: { schemas: schemas.named, securitySchemes: SECURITY_SCHEMES },
  };
}

function operation(route: RouteDescription, schemas: SchemaCollection): object {
  const { summary, description, group, params, query, headers, body } = route;
  const parameters = [
    ...parametersOf('path', params, schemas),
    ...parametersOf('query', query, schemas),
    ...parametersOf('header', headers, schemas),
  ];
  return {
    operationId: operationId(route),
    tags: [group],
    summary,
    ...(description !== undefined && { description }),
    security: securityOf(route),
    ...(parameters.length > 0 && { parameters }),
    ...(body !== undefined && { requestBody: requestBody(body, schemas) }),
    responses: { ...successes(route.responses, schemas), ...refusals(route, schemas) },
  };
}

/** `GET /admin/v1/sessions/{id}` → `getAdminV1SessionsById`. */
function operationId({ method, path }: RouteDescription): string {
  const words = path
    .replaceAll(/\{(\w+)\}/g, 'by-$1')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '');
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function securityOf({ security }: RouteDescription): object[] {
  return security.map((scheme) => (scheme === 'anonymous' ? {} : { [scheme]: [] }));
}

function parametersOf(
  place: 'path' | 'query' | 'header',
  shape: z.ZodObject | undefined,
  schemas: SchemaCollection,
): object[] {
  return Object.entries(shape?.shape ?? {}).map(([name, member]) => {
    const { description, ...schema } = schemas.convert(member as z.ZodType, 'output');
    return {
      name,
      in: place,
      required: place === 'path' || !(member as z.ZodType).safeParse(undefined).success,
      ...(description !== undefined && { description }),
      schema,
    };
  });
}

function requestBody(
  { type, schema, alternative, optional }: BodyDescription,
  schemas: SchemaCollection,
): object {
  const contents = [{ type, schema }, ...(alternative === undefined ? [] : [alternative])];
  const content: Record<string, object> = {};
  for (const one of contents) content[one.type] = { schema: schemas.convert(one.schema, 'input') };
  return { required: !optional, content };
}

function successes(responses: Responses, schemas: SchemaCollection): Record<string, object> {
  return Object.fromEntries(
    Object.entries(responses).map(([status, response]) => [status, success(response, schemas)]),
  );
}

function success(
  { description, type = 'application/json', schema }: ResponseDescription,
  schemas: SchemaCollection,
) {
  if (schema === undefined) return { description };
  return { description, content: { [type]: { schema: schemas.convert(schema, 'output') } } };
}

function refusals(route: RouteDescription, schemas: SchemaCollection): Record<string, object> {
  const answers: Record<string, object> = successes(route.otherRefusals ?? {}, schemas);
  const { method, isProbe = false } = route;
  const codes = [...COMMON_REFUSALS, ...route.refusals];
  if (method === 'GET' && !isProbe)
    answers[308] = { description: 'It came over plain HTTP: ask the https address.' };
  if (method !== 'GET') codes.push('ERR_HTTPS_REQUIRED');
  for (const [status, ofStatus] of codesByStatus(codes)) {
    const content = {
      'application/problem+json': { schema: schemas.convert(problemSchema(status, ofStatus), 'output') },
    };
    const other = answers[status];
    answers[status] = {
      description: STATUS_CODES[status] ?? '',
      content:
        other !== undefined && 'content' in other ? { ...(other.content as object), ...content } : content,
    };
  }
  return answers;
}

/** Turns zod's schemas into JSON Schema; those that have an id become components, once. */
class SchemaCollection {
  readonly named: Record<string, JsonSchema> = {};

  convert(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const json = z.toJSONSchema(schema, { target: 'draft-2020-12', io });
    const { $schema: _, $defs, ...rest } = movedReferences(json) as Record<string, unknown>;
    for (const [id, one] of Object.entries(($defs ?? {}) as Record<string, JsonSchema>)) {
      const { id: _id, ...component } = one;
      this.named[id] = component;
    }
    return rest;
  }
}

const INSIDE = '#/$defs/';
const SHARED = '#/components/schemas/';

function movedReferences(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(movedReferences);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      name,
      name === '$ref' && typeof one === 'string' ? one.replace(INSIDE, SHARED) : movedReferences(one),
    ]),
  );
}
