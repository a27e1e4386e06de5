import type { StoreFactory } from '../../../src/ports/store/store.ts';
import { postgres } from '../../../src/stores/postgres/index.ts';
import { sqlite } from '../../../src/stores/sqlite/index.ts';

/** The store that a child was told to use: the address of a PostgreSQL, or the path of an SQLite file. */
export function storeAt(location: string): StoreFactory {
  return location.startsWith('postgres:') ? postgres(location, { connections: 4 }) : sqlite(location);
}
