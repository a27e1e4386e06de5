import { styleText } from 'node:util';
import { hasColours, type Terminal } from '../terminal.ts';
import { showValue } from './show-value.ts';

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string | null | undefined;
  /** What a person sees instead: "3 h ago" for a time. */
  readonly shown?: (row: Row) => string;
}

const GAP = '  ';

/** Aligned and titled where a person looks; else one line per row, with tabs, for `cut` and `awk`. */
export function formatTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  { stdout, environment }: Pick<Terminal, 'stdout' | 'environment'>,
): string {
  if (stdout.isTTY !== true) {
    const line = (row: Row) => columns.map(({ value }) => showValue(value(row) ?? '')).join('\t');
    return rows.map((row) => `${line(row)}\n`).join('');
  }
  const cells = rows.map((row) =>
    columns.map(({ value, shown }) => showValue(shown?.(row) ?? value(row) ?? '') || '-'),
  );
  const titles = columns.map(({ title }) => title);
  const widths = titles.map((title, index) =>
    Math.max(width(title), ...cells.map((row) => width(row[index] ?? ''))),
  );
  const line = (row: readonly string[]) => {
    const padded = row.map((cell, index) => cell + ' '.repeat((widths[index] ?? 0) - width(cell)));
    return cut(padded.join(GAP).trimEnd(), stdout.columns);
  };
  const heading = line(titles);
  const styled = hasColours(stdout, environment)
    ? styleText('bold', heading, { validateStream: false })
    : heading;
  return `${[styled, ...cells.map(line)].join('\n')}\n`;
}

/** In what a person takes for characters: an accent of its own takes no place. */
function width(text: string): number {
  return graphemes(text).length;
}

/** The last column gives way: a line that wraps is no row of a table. */
function cut(text: string, columns: number | undefined): string {
  const characters = graphemes(text);
  // A terminal that does not know its width says 0.
  if (!columns || characters.length <= columns) return text;
  return `${characters.slice(0, Math.max(columns - 1, 0)).join('')}…`;
}

const segmenter = new Intl.Segmenter('en');

function graphemes(text: string): readonly string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}
