import { styleText } from 'node:util';
import { hasColours, type Terminal } from '../terminal.ts';
import { showValue } from './show-value.ts';

/** Names and values, one below the other: aligned where a person looks, else with a tab between. */
export function formatFacts(
  facts: readonly (readonly [name: string, value: unknown])[],
  { stdout, environment }: Pick<Terminal, 'stdout' | 'environment'>,
): string {
  const known = facts.filter(([, value]) => value !== null && value !== undefined && value !== '');
  if (stdout.isTTY !== true) {
    return known.map(([name, value]) => `${showValue(name)}\t${showValue(value)}\n`).join('');
  }
  const widest = Math.max(0, ...known.map(([name]) => showValue(name).length));
  const bold = (text: string) =>
    hasColours(stdout, environment) ? styleText('bold', text, { validateStream: false }) : text;
  return known
    .map(([name, value]) => {
      const shown = showValue(name);
      return `${bold(shown)}${' '.repeat(widest - shown.length)}  ${showValue(value)}\n`;
    })
    .join('');
}
