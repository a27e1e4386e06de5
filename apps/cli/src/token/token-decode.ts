import { styleText } from 'node:util';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { formatFacts } from '../output/format-facts.ts';
import { relativeTime } from '../output/relative-time.ts';
import { jsonLine, showValue } from '../output/show-value.ts';
import { hasColours, print, type Terminal } from '../terminal.ts';
import { decodeJwt, type DecodedJwt, type JsonRecord } from './decode-jwt.ts';
import { FILE_OPTION, readToken } from './read-token.ts';

export function addTokenDecode(token: Command, { terminal }: CommandContext): void {
  const command = token.command('decode');
  command
    .description('Print what a token says. Nothing is verified.')
    .option(...FILE_OPTION)
    .option('--json', 'print one object')
    .addHelpText('after', EPILOGUE)
    .action(async ({ file, json }: { readonly file?: string; readonly json?: boolean }) => {
      const decoded = decodeJwt(await readToken(terminal, file));
      await print(terminal.stdout, json === true ? asJson(decoded) : asText(decoded, terminal));
    });
}

const EPILOGUE = `
Anybody can write a token that says anything. Whether this one is good:
watchword token verify

Examples:
  $ watchword token decode --file token.txt
  $ watchword token decode --json < token.txt | jq .claims.sub
  $ pbpaste | watchword token decode`;

/** NumericDate, RFC 7519 §2, and those of OpenID Connect and of our own. */
const TIMES: ReadonlySet<string> = new Set(['exp', 'iat', 'nbf', 'auth_time', 'updated_at']);

function asJson({ header, claims, signatureBytes }: DecodedJwt): string {
  const times = Object.entries(claims).flatMap(([name, value]) => {
    const time = timeOf(name, value);
    return time === undefined ? [] : [[name, time] as const];
  });
  return jsonLine({
    verified: false,
    header,
    claims,
    times: Object.fromEntries(times),
    signature_bytes: signatureBytes,
  });
}

function asText({ header, claims, signatureBytes }: DecodedJwt, terminal: Terminal): string {
  const title = (text: string) =>
    hasColours(terminal.stdout, terminal.environment)
      ? styleText('bold', text, { validateStream: false })
      : text;
  return [
    `${title('Header')}\n`,
    formatFacts(explained(header), terminal),
    `\n${title('Claims')}\n`,
    formatFacts(explained(claims), terminal),
    `\n${title('Not verified')}\n`,
    `${signatureBytes === 0 ? 'There is no signature' : `The signature (${signatureBytes} bytes) was not checked`}: ` +
      'anybody can write such a token. To check it: watchword token verify\n',
  ].join('');
}

function explained(members: JsonRecord): readonly (readonly [string, unknown])[] {
  return Object.entries(members).map(([name, value]) => {
    const time = timeOf(name, value);
    return [name, time === undefined ? value : `${showValue(value)}  ${time}, ${relativeTime(time)}`];
  });
}

function timeOf(name: string, value: unknown): string | undefined {
  if (!TIMES.has(name) || typeof value !== 'number') return undefined;
  const date = new Date(value * 1000);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
