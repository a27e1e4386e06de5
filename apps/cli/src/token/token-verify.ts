import type { Command } from 'commander';
import type { VerifiedToken } from 'watchword';
import type { CommandContext } from '../command-context.ts';
import { DATA_OPTION, dataFolderOf, type DataOptions } from '../data-folder.ts';
import { formatFacts } from '../output/format-facts.ts';
import { relativeTime } from '../output/relative-time.ts';
import { jsonLine } from '../output/show-value.ts';
import { explaining } from '../server-module.ts';
import { Stop } from '../stop.ts';
import { print } from '../terminal.ts';
import { FILE_OPTION, readText, readToken } from './read-token.ts';
import type { Judge } from './verdict.ts';
import { verifyByInstallation } from './verify-by-installation.ts';

export function addTokenVerify(token: Command, context: CommandContext): void {
  const { terminal } = context;
  const command = token.command('verify');
  command
    .description('Verify a token: by a JWKS, or as the installation of the data folder would.')
    .option(...FILE_OPTION)
    .option('--jwks <file>', 'the issuer’s keys; then --issuer and --audience are needed')
    .option('--issuer <url>', 'who has to have issued it')
    .option('--audience <name>', 'for whom it has to be (the installation’s own)')
    .option('--typ <type>', 'the kind of token', 'at+jwt')
    .option(...DATA_OPTION)
    .option('--json', 'print one object')
    .addHelpText('after', EPILOGUE)
    .action(async (options: VerifyOptions) => {
      const judge = await explaining(command, () => chooseJudge(context, options));
      const text = await readToken(terminal, options.file);
      const verdict = await explaining(command, () => judge(text));
      if (verdict.kind === 'verified') {
        const { token: verified } = verdict;
        const facts = formatFacts(factsOf(verified), terminal);
        await print(
          terminal.stdout,
          options.json === true ? jsonLine({ verified: true, claims: verified.claims }) : facts,
        );
        return;
      }
      const { code, sentence } = verdict;
      if (options.json === true) await print(terminal.stdout, jsonLine({ verified: false, code, sentence }));
      throw new Stop(1, options.json === true ? '' : `${sentence} (${code})`);
    });
}

interface VerifyOptions extends DataOptions {
  readonly file?: string;
  readonly jwks?: string;
  readonly issuer?: string;
  readonly audience?: string;
  readonly typ: string;
}

const EPILOGUE = `
Without --jwks the token is judged with the keys of the installation, and with
all that was revoked there. A JWKS knows of no revocation.

Exit codes: 0 it is good, 1 it is not (with the code and why), 2 could not run.

Examples:
  $ watchword token verify --file token.txt
  $ watchword token verify < token.txt --audience https://api.example.com
  $ watchword token verify < token.txt --jwks jwks.json \\
      --issuer https://auth.example.com --audience https://api.example.com`;

/** Before the token is read: nobody should paste one, and then hear that an option is missing. */
async function chooseJudge(
  context: CommandContext,
  { jwks, issuer, audience, typ, ...data }: VerifyOptions,
): Promise<Judge> {
  if (jwks === undefined) {
    if (issuer !== undefined) {
      throw new Stop(2, 'The issuer of the installation is WATCHWORD_ISSUER. --issuer goes with --jwks.');
    }
    const folder = dataFolderOf(data, context.terminal.environment);
    return await verifyByInstallation(context, folder, { audience, typ });
  }
  if (issuer === undefined || audience === undefined) {
    throw new Stop(
      2,
      '--jwks needs --issuer and --audience: a good signature on a token for somebody else proves nothing.',
    );
  }
  const { verifyByJwks } = await import('./verify-by-jwks.ts');
  return verifyByJwks(await readText(jwks), { issuer, audience, typ });
}

function factsOf(token: VerifiedToken): readonly (readonly [string, unknown])[] {
  const expires = new Date(token.expiresAtSeconds * 1000).toISOString();
  return [
    ['verified', 'yes'],
    ['issuer', token.issuer],
    ['subject', token.subject],
    ['audience', token.audience.join(' ')],
    ['scope', token.scope.join(' ')],
    ['client', token.clientId],
    ['session', token.sessionId],
    ['key', token.keyId],
    ['issued', new Date(token.issuedAtSeconds * 1000).toISOString()],
    ['expires', `${expires}, ${relativeTime(expires)}`],
  ];
}
