import type { Column } from '../output/format-table.ts';
import { relativeTime } from '../output/relative-time.ts';

/** A signing key as the admin API shows it. */
export interface AdminKey {
  readonly kid: string;
  readonly algorithm: string;
  readonly state: 'announced' | 'signing' | 'retiring' | 'retired' | 'compromised';
  readonly announced_at: string;
  readonly signs_from: string;
  readonly retires_at: string | null;
  readonly verifies_until: string | null;
  readonly compromised_at: string | null;
}

export const KEY_COLUMNS: readonly Column<AdminKey>[] = [
  { title: 'KID', value: ({ kid }) => kid },
  { title: 'ALGORITHM', value: ({ algorithm }) => algorithm },
  { title: 'STATE', value: ({ state }) => state },
  {
    title: 'SIGNS FROM',
    value: (key) => key.signs_from,
    shown: (key) => relativeTime(key.signs_from),
  },
  {
    title: 'VERIFIES UNTIL',
    value: (key) => key.verifies_until,
    shown: (key) => relativeTime(key.verifies_until),
  },
];
