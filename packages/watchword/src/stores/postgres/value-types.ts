import pg from 'pg';

/** https://www.postgresql.org/docs/current/datatype-oid.html, the numbers of `pg_type`. */
const BYTEA = 17;
const INT8 = 20;

/**
 * How texts of the wire become values: times and counts stay far below 2^53, and bytes are plain arrays that share no memory.
 * What it does not know stays with the driver, which asks for texts only.
 */
export const VALUE_TYPES: pg.CustomTypesConfig = {
  getTypeParser: (type: number) => {
    if (type === INT8) return Number;
    if (type === BYTEA) return bytesFromText;
    return pg.types.getTypeParser(type, 'text') as (text: string) => unknown;
  },
};

/** `\x` and hex digits. */
function bytesFromText(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text.slice(2), 'hex'));
}
