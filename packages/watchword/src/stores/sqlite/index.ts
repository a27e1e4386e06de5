export { backupSqlite } from './backup.ts';
export type { BackupOptions } from './backup.ts';
export type { CopyProgress, VerifiedCopy } from './copy-database.ts';
export { inspectSqlite } from './inspect.ts';
export type { SqliteInspection } from './inspect.ts';
export { restoreSqlite } from './restore.ts';
export type { Restored, RestoreOptions } from './restore.ts';
export { sqlite } from './sqlite.ts';
