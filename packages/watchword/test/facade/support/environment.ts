import type { TestContext } from 'node:test';

const OWN = ['NODE_ENV', 'WATCHWORD_SECRET', 'WATCHWORD_SECRET_FILE'];
const original = { ...process.env };

/** Sets environment variables for one test, and takes away those that would decide in its place. */
export function withEnvironment(t: TestContext, variables: Readonly<Record<string, string>>): void {
  t.after(() => restore({}));
  restore(variables);
  for (const name of OWN) if (!(name in variables)) Reflect.deleteProperty(process.env, name);
}

function restore(variables: Readonly<Record<string, string>>): void {
  for (const name of Object.keys(process.env)) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, original, variables);
}
