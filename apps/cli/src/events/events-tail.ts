import { styleText } from 'node:util';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { DATA_OPTION, dataFolderOf, JSON_LINES_OPTION, type DataOptions } from '../data-folder.ts';
import { hint } from '../output/hint.ts';
import { jsonLine, showValue } from '../output/show-value.ts';
import { wholeNumber } from '../parse-whole-number.ts';
import { hasColours, print, type Terminal } from '../terminal.ts';
import { followEvents } from './follow-events.ts';
import type { StreamEvent } from './parse-event-stream.ts';

const KEPT = 1000;

export function addEventsTail(events: Command, { terminal }: CommandContext): void {
  const command = events.command('tail');
  command
    .description('Print what happens at the running server, until you press Ctrl-C.')
    .option('-t, --type <type...>', 'only events of these types')
    .option('-n, --recent <number>', 'and this many that happened before', wholeNumber(0, KEPT))
    .option(...DATA_OPTION)
    .option(...JSON_LINES_OPTION)
    .addHelpText('after', EPILOGUE)
    .action(async (options: TailOptions) => {
      const following = {
        folder: dataFolderOf(options, terminal.environment),
        types: options.type ?? [],
        recent: options.recent,
        onInterruption: () => hint(terminal, 'The server went away. Waiting for it to come back.'),
      };
      for await (const event of followEvents(following)) {
        await print(terminal.stdout, options.json === true ? asJson(event) : asText(event, terminal));
      }
    });
}

interface TailOptions extends DataOptions {
  readonly type?: readonly string[];
  readonly recent?: number;
}

const EPILOGUE = `
The server keeps its last ${KEPT} events. When it is started anew, the tail goes
on. No event carries a token, a secret or a password. docs/events.md lists the
types.

Examples:
  $ watchword events tail --recent 20
  $ watchword events tail --type refresh_reused --type server_key_suspected
  $ watchword events tail --json | jq -c 'select(.type == "sign_in_failed")'`;

function asJson({ id, type, data }: StreamEvent): string {
  return jsonLine({ id, type, ...parse(data) });
}

/** One line: when, what, and the rest as `name=value`. */
function asText({ type, data }: StreamEvent, { stdout, environment }: Terminal): string {
  const { type: _, at, ...fields } = parse(data);
  const shown = showValue(type);
  const styled = hasColours(stdout, environment)
    ? styleText('bold', shown, { validateStream: false })
    : shown;
  const pairs = Object.entries(fields).map(([name, value]) => `${showValue(name)}=${showValue(value)}`);
  return `${[showValue(at ?? ''), styled, ...pairs].filter(Boolean).join('  ')}\n`;
}

function parse(data: string): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(data);
  return typeof value === 'object' && value !== null ? { ...value } : { data: value };
}
