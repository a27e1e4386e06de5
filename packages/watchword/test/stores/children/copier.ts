/**
 * Backs up, or restores, and tells when it has begun to.
 * Usage: copier.ts backup DATABASE FILE | copier.ts restore FILE DATABASE KEPT
 */
import { backupSqlite, restoreSqlite } from '../../../src/stores/sqlite/index.ts';

const [what, from = '', to = '', keepOldAs = ''] = process.argv.slice(2);
process.send?.('begun');
if (what === 'backup') await backupSqlite(from, to);
else await restoreSqlite(from, to, { keepOldAs });
process.send?.('done');
process.disconnect();
