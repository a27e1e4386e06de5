import { readFileSync, statSync } from 'node:fs';
import { SettingError } from './setting-error.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable that is set to nothing, as in a copied .env.example, is not set. */
export function withoutEmpty(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
}

export function oneOf<Value extends string>(
  name: string,
  environment: Environment,
  values: readonly Value[],
  otherwise: Value,
): Value {
  const given = environment[name];
  if (given === undefined) return otherwise;
  const found = values.find((value) => value === given);
  if (found === undefined) throw new SettingError(`${name} has to be one of ${values.join(', ')}.`);
  return found;
}

export function wholeNumber(
  name: string,
  environment: Environment,
  { from, to }: { readonly from: number; readonly to: number },
): number | undefined {
  const given = environment[name];
  if (given === undefined) return undefined;
  const value = Number(given);
  if (!/^\d+$/.test(given) || value < from || value > to) {
    throw new SettingError(`${name} has to be a whole number from ${from} to ${to}.`);
  }
  return value;
}

const MOST_SECRET_BYTES = 4096;
const READABLE_BY_OTHERS = 0o004;

/** What may hold a password: from the variable itself, or from the file that `…_FILE` names. */
export function secretText(name: string, environment: Environment): string | undefined {
  const fileName = `${name}_FILE`;
  const given = environment[name];
  const path = environment[fileName];
  if (given !== undefined && path !== undefined) {
    throw new SettingError(`Set ${name} or ${fileName}, not both.`);
  }
  return path === undefined ? given : readSecret(path, fileName);
}

function readSecret(path: string, variable: string): string {
  const { text, mode } = readFile(path, variable);
  if ((mode & READABLE_BY_OTHERS) !== 0) {
    throw new SettingError(
      `The file that ${variable} names can be read by everybody on this machine. Run \`chmod 600\` on it.`,
    );
  }
  if (text === '')
    throw new SettingError(`The file that ${variable} names is empty, or too long for an address.`);
  return text;
}

function readFile(path: string, variable: string): { readonly text: string; readonly mode: number } {
  try {
    const { mode, size } = statSync(path);
    const text = size > MOST_SECRET_BYTES ? '' : readFileSync(path, 'utf8').trim();
    return { text, mode };
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown reason';
    throw new SettingError(`The file that ${variable} names cannot be read: ${reason}.`, { cause });
  }
}
