import { styleText } from 'node:util';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { hint } from '../output/hint.ts';
import { jsonLine, showValue } from '../output/show-value.ts';
import { Stop } from '../stop.ts';
import { hasColours, print, type Terminal } from '../terminal.ts';
import { decodeJwt } from './decode-jwt.ts';
import type { Finding } from './lint/finding.ts';
import { lintToken } from './lint/lint-token.ts';
import { FILE_OPTION, readToken } from './read-token.ts';

export function addTokenLint(token: Command, { terminal }: CommandContext): void {
  const command = token.command('lint');
  command
    .description('Find what should be otherwise about an access token, whoever issued it.')
    .option(...FILE_OPTION)
    .option('--json', 'print one JSON object per finding')
    .addHelpText('after', EPILOGUE)
    .action(async ({ file, json }: { readonly file?: string; readonly json?: boolean }) => {
      const findings = lintToken(decodeJwt(await readToken(terminal, file)), Date.now());
      const format = json === true ? jsonLine : (finding: Finding) => asText(finding, terminal);
      await print(terminal.stdout, findings.map(format).join(''));
      if (findings.length > 0) throw new Stop(1, '');
      await hint(
        terminal,
        'Nothing was found. That says nothing about its signature: watchword token verify',
      );
    });
}

const EPILOGUE = `
Nothing is verified, and the token is sent nowhere. It looks at the algorithm,
at keys in the header, at claims that are missing, at how long it lives, at
data that does not belong in a token, and at its size.

Exit codes: 0 nothing was found, 1 something was, 2 could not run.

Examples:
  $ watchword token lint --file token.txt
  $ watchword token lint --json < token.txt | jq -r .rule`;

function asText({ rule, sentence, advice }: Finding, { stdout, environment }: Terminal): string {
  const name = hasColours(stdout, environment) ? styleText('bold', rule, { validateStream: false }) : rule;
  return `${name}: ${showValue(sentence)}\n  ${advice}\n`;
}
