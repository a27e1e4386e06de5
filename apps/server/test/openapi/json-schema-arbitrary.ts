import fc, { type Arbitrary } from 'fast-check';

/** Of a document that another test has checked. */
export type Json = ReturnType<typeof JSON.parse>;
export type JsonSchema = Readonly<Record<string, Json>>;

/**
 * Values that a schema allows. A member of which the test knows real values is also given as `{{name}}`, in the place of which
 * the test puts one when it sends the request.
 */
export function arbitraryOf(schema: JsonSchema, resolve: (ref: string) => JsonSchema): Arbitrary<unknown> {
  if (typeof schema['$ref'] === 'string') return arbitraryOf(resolve(schema['$ref']), resolve);
  if ('const' in schema) return fc.constant(schema['const']);
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...schema['enum']);
  const choices = (schema['oneOf'] ?? schema['anyOf']) as readonly JsonSchema[] | undefined;
  if (choices !== undefined) return fc.oneof(...choices.map((one) => arbitraryOf(one, resolve)));
  switch (schema['type']) {
    case 'object':
      return objectOf(schema, resolve);
    case 'array':
      return arrayOf(schema, resolve);
    case 'string':
      return stringOf(schema);
    case 'integer':
      return fc.integer({
        min: schema['minimum'] ?? 0,
        max: Math.min(schema['maximum'] ?? 1e6, 2 ** 31 - 1),
      });
    case 'boolean':
      return fc.boolean();
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

const KNOWN: ReadonlySet<string> = new Set([
  'email',
  'password',
  'refresh_token',
  'token',
  'client_id',
  'epoch',
]);

/** A member or parameter by its name: nobody waits for verifiers that the test made up. */
export function arbitraryNamed(
  name: string,
  schema: JsonSchema,
  resolve: (ref: string) => JsonSchema,
): Arbitrary<unknown> {
  return name === 'wait' ? fc.constantFrom('1ms', '20ms') : arbitraryOf(schema, resolve);
}

function objectOf(schema: JsonSchema, resolve: (ref: string) => JsonSchema): Arbitrary<unknown> {
  const properties = Object.entries((schema['properties'] ?? {}) as Record<string, JsonSchema>);
  const members = properties.map(([name, member]) => {
    const value = arbitraryNamed(name, member, resolve);
    return [name, KNOWN.has(name) ? fc.oneof(value, fc.constant(`{{${name}}}`)) : value];
  });
  const requiredKeys: readonly string[] = schema['required'] ?? [];
  const isRequired = ([name]: (typeof members)[number]): boolean => requiredKeys.includes(String(name));
  const recordOf = (some: typeof members): Arbitrary<object> =>
    fc.record(Object.fromEntries(some) as Record<string, Arbitrary<unknown>>, {
      requiredKeys: [...requiredKeys],
    });
  // Left to itself fast-check leaves out little.
  return fc.oneof(recordOf(members), recordOf(members.filter(isRequired)));
}

function arrayOf(schema: JsonSchema, resolve: (ref: string) => JsonSchema): Arbitrary<unknown> {
  if (schema['prefixItems'] !== undefined) {
    const members = schema['prefixItems'] as readonly JsonSchema[];
    return fc.tuple(...members.map((one) => arbitraryOf(one, resolve)));
  }
  const items = arbitraryOf(schema['items'] ?? {}, resolve);
  const limits = { maxLength: Math.min(schema['maxItems'] ?? 5, 5) };
  return schema['uniqueItems'] === true ? fc.uniqueArray(items, limits) : fc.array(items, limits);
}

function stringOf(schema: JsonSchema): Arbitrary<string> {
  const limits = { minLength: schema['minLength'] ?? 0, maxLength: Math.min(schema['maxLength'] ?? 20, 20) };
  if (schema['pattern'] === undefined) return fc.string({ unit: 'grapheme', ...limits });
  const pattern = new RegExp(schema['pattern'], 'u');
  try {
    return fc.stringMatching(pattern).filter((text) => text.length <= (schema['maxLength'] ?? 1000));
  } catch {
    // Of what fast-check cannot turn around, such as looking ahead, it finds enough by trying.
    return fc.string({ unit: 'grapheme-ascii', ...limits }).filter((text) => pattern.test(text));
  }
}
