import { spawnSync } from 'node:child_process';
import { chownSync } from 'node:fs';

const isRoot = process.getuid?.() === 0;

/** The user under whom programs run that refuse to run as root; undefined where we are not root ourselves. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** Debian's package of PostgreSQL makes the account `postgres`; its pooler runs under the same one. */
export function unprivilegedAccount(): Account | undefined {
  if (!isRoot) return undefined;
  const [uid, gid] = ['-u', '-g'].map((which) =>
    Number(spawnSync('id', [which, 'postgres'], { encoding: 'utf8' }).stdout || Number.NaN),
  );
  if (uid === undefined || gid === undefined || Number.isNaN(uid) || Number.isNaN(gid)) {
    throw new Error(
      "There is no user 'postgres', which Debian's package 'postgresql' makes. Run npm test as root, which installs it.",
    );
  }
  return { uid, gid };
}

export function giveTo(account: Account | undefined, path: string): void {
  if (account !== undefined) chownSync(path, account.uid, account.gid);
}
