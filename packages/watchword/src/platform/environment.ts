/** The process's environment variables, read where the composition begins and nowhere else. */
export function readEnvironment(name: string): string | undefined {
  const value = process.env[name];
  return value === undefined || value === '' ? undefined : value;
}

/** The names of the variables that have this value. */
export function variablesWithValue(value: string): readonly string[] {
  return Object.keys(process.env).filter((name) => process.env[name] === value);
}
