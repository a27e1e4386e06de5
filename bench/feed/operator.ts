import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Who revokes: the admin API of one server. */
export interface Operator {
  request(method: string, path: string, body?: unknown): Promise<Record<string, unknown>>;
}

export function operatorOf(server: string, dataFolder: string): Operator {
  const credential = readFileSync(join(dataFolder, 'admin.token'), 'utf8').trim();
  return {
    async request(method, path, body) {
      const response = await fetch(`${server}/admin/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${credential}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${text}`);
      return JSON.parse(text) as Record<string, unknown>;
    },
  };
}
