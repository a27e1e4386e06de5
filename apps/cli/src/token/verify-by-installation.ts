import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandContext } from '../command-context.ts';
import { Stop } from '../stop.ts';
import { asVerdict, type Judge } from './verdict.ts';

/** With the keys and the revocations of the database, beside a server that runs on it. */
export function verifyByInstallation(
  { terminal, loadServer }: CommandContext,
  folder: string,
  { audience, typ }: { readonly audience: string | undefined; readonly typ: string },
): Judge {
  if (!existsSync(join(folder, 'watchword.db'))) {
    throw new Stop(
      2,
      `There is no database in ${folder}. Name its folder with --data, or the issuer's keys with --jwks.`,
    );
  }
  return async (token) => {
    const { openInstallation } = await loadServer();
    const { auth } = await openInstallation({ ...terminal.environment }, { dataDirectory: folder });
    try {
      const expected = audience === undefined ? {} : { audience };
      return asVerdict(() =>
        typ === 'at+jwt' ? auth.verify(token, expected) : auth.tokens.verify(token, { ...expected, typ }),
      );
    } finally {
      await auth.close();
    }
  };
}
