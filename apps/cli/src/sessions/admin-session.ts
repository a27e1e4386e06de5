import { ask, type AdminApi } from '../admin-api/admin-api.ts';
import type { Column } from '../output/format-table.ts';
import { relativeTime } from '../output/relative-time.ts';
import { showValue } from '../output/show-value.ts';
import { Stop } from '../stop.ts';

/** A session as the admin API shows it. */
export interface AdminSession {
  readonly id: string;
  readonly subject: string;
  readonly client_id: string;
  readonly delivery: string;
  readonly remembered: boolean;
  readonly audience: readonly string[];
  readonly scope: readonly string[];
  readonly amr: readonly string[];
  readonly user_agent: string | null;
  readonly address_prefix: string | null;
  readonly started_at: string;
  readonly last_refreshed_at: string;
  readonly idle_expires_at: string;
  readonly expires_at: string;
  readonly status: 'live' | 'ended' | 'expired';
  readonly ended: { readonly at: string; readonly reason: string } | null;
}

/** Stops with 1 where there is none: the server's sentence is for the users whose sessions they are. */
export async function askAboutSession<Body>(
  api: AdminApi,
  method: 'GET' | 'DELETE',
  id: string,
  query = '',
): Promise<Body> {
  try {
    return await ask<Body>(api, method, `/admin/v1/sessions/${encodeURIComponent(id)}${query}`);
  } catch (error) {
    if (!(error instanceof Stop) || error.exitCode !== 1) throw error;
    throw new Stop(1, `There is no session ${showValue(id)}, or it was forgotten some time after its end.`);
  }
}

export const SESSION_COLUMNS: readonly Column<AdminSession>[] = [
  { title: 'ID', value: ({ id }) => id },
  { title: 'SUBJECT', value: ({ subject }) => subject },
  { title: 'CLIENT', value: (session) => session.client_id },
  {
    title: 'STARTED',
    value: (session) => session.started_at,
    shown: (session) => relativeTime(session.started_at),
  },
  {
    title: 'LAST USED',
    value: (session) => session.last_refreshed_at,
    shown: (session) => relativeTime(session.last_refreshed_at),
  },
  {
    title: 'EXPIRES',
    value: (session) => earlier(session.idle_expires_at, session.expires_at),
    shown: (session) => relativeTime(earlier(session.idle_expires_at, session.expires_at)),
  },
  { title: 'NETWORK', value: (session) => session.address_prefix },
  { title: 'USER AGENT', value: (session) => session.user_agent },
];

/** RFC 3339 in UTC with milliseconds sorts as it reads. */
function earlier(one: string, other: string): string {
  return one < other ? one : other;
}
