import { ConfigurationError, type ArgumentError } from '../errors/watchword-error.ts';

/** A misspelt option would silently be the default: for a protection that is the worst of values. */
export function refuseUnknownOptions(
  where: string,
  options: unknown,
  known: readonly string[],
  Refusal: typeof ConfigurationError | typeof ArgumentError = ConfigurationError,
): void {
  if (typeof options !== 'object' || options === null) {
    throw new Refusal(`\`${where}\` takes an object of options.`);
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const nearest = nearestName(name, known);
    const hint = nearest
      ? `did you mean \`${nearest}\`?`
      : `it takes ${known.map((one) => `\`${one}\``).join(', ')}.`;
    throw new Refusal(`\`${where}\` has no option \`${printable(name)}\`: ${hint}`);
  }
}

/** The name that was probably meant; `undefined` if none is near. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const [nearest] = known.toSorted((a, b) => distance(name, a) - distance(name, b));
  const isNear = nearest !== undefined && distance(name, nearest) <= Math.max(2, name.length / 3);
  return isNear ? nearest : undefined;
}

function printable(name: string): string {
  return name.replaceAll(/[^\w.-]/g, '?').slice(0, 50);
}

/** Levenshtein distance, without regard to case. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 0; i < a.length; i += 1) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j += 1) {
      const change = a[i]?.toLowerCase() === b[j]?.toLowerCase() ? 0 : 1;
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + change));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
