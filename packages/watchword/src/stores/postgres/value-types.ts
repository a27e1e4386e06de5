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

const parseBytes = pg.types.getTypeParser(BYTEA, 'text') as (text: string) => Uint8Array;

/** In either of the two forms that `bytea_output` gives, which is a setting of the role or the database. */
function bytesFromText(text: string): Uint8Array {
  return new Uint8Array(parseBytes(text));
}
