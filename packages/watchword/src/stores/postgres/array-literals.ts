/** https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO */

/** Of values that need no quotes: numbers, ids, names of our own. */
export function plainArray(values: readonly (string | number)[]): string {
  return `{${values.join(',')}}`;
}

export function bytesArray(values: readonly Uint8Array[]): string {
  return `{${values.map((value) => `"\\\\x${Buffer.from(value.buffer, value.byteOffset, value.length).toString('hex')}"`).join(',')}}`;
}

export function textArray(values: readonly (string | null)[]): string {
  return `{${values.map(quoted).join(',')}}`;
}

function quoted(value: string | null): string {
  return value === null ? 'NULL' : `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}
