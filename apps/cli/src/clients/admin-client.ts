import type { Column } from '../output/format-table.ts';
import { relativeTime } from '../output/relative-time.ts';

/** A registered client as the admin API shows it. */
export interface AdminClient {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly created_at: string;
  readonly secret_changed_at: string;
  readonly former_secret_until: string | null;
}

export interface ClientWithSecret {
  readonly client: AdminClient;
  readonly secret: string;
}

export const CLIENT_COLUMNS: readonly Column<AdminClient>[] = [
  { title: 'ID', value: ({ id }) => id },
  { title: 'NAME', value: ({ name }) => name },
  { title: 'ROLES', value: ({ roles }) => roles.join(' ') },
  {
    title: 'SECRET SINCE',
    value: (client) => client.secret_changed_at,
    shown: (client) => relativeTime(client.secret_changed_at),
  },
  {
    title: 'FORMER SECRET UNTIL',
    value: (client) => client.former_secret_until,
    shown: (client) => relativeTime(client.former_secret_until),
  },
];

export function clientFacts(client: AdminClient): readonly (readonly [string, unknown])[] {
  return [
    ['id', client.id],
    ['name', client.name],
    ['roles', client.roles.join(' ')],
    ['created', client.created_at],
    ['secret since', client.secret_changed_at],
    ['former secret until', client.former_secret_until],
  ];
}

export function clientPath(id: string): string {
  return `/admin/v1/clients/${encodeURIComponent(id)}`;
}
