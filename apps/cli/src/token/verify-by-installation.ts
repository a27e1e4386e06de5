import type { CommandContext } from '../command-context.ts';
import { findDatabase, missingDatabase } from '../database/find-database.ts';
import { Stop } from '../stop.ts';
import { asVerdict, type Judge } from './verdict.ts';

/** With the keys and the revocations of the database, beside servers that run on it. */
export async function verifyByInstallation(
  context: CommandContext,
  folder: string,
  { audience, typ }: { readonly audience: string | undefined; readonly typ: string },
): Promise<Judge> {
  const { terminal, loadServer } = context;
  const database = await findDatabase(context, folder);
  const advice = 'Name its folder with --data, or the issuer’s keys with --jwks.';
  const missing = await missingDatabase(database, folder, advice);
  if (missing !== undefined) throw new Stop(2, missing);
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
