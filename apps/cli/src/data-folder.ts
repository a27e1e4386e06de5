import type { Terminal } from './terminal.ts';

export const DATA_OPTION = [
  '--data <folder>',
  'where the database lives (WATCHWORD_DATA, or ./data)',
] as const;

export const JSON_OPTION = ['--json', 'print one object'] as const;
export const JSON_LINES_OPTION = ['--json', 'print one JSON object per line'] as const;

/** Options that many commands have. */
export interface DataOptions {
  readonly data?: string;
  readonly json?: boolean;
}

/** The folder as the server finds it: a variable that is set to nothing is not set. */
export function dataFolderOf({ data }: DataOptions, environment: Terminal['environment']): string {
  return data ?? (environment['WATCHWORD_DATA'] || './data');
}
