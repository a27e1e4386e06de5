import type { BenchmarkResult } from './benchmark.ts';

export function report(name: string, result: BenchmarkResult, asJson: boolean): string {
  const rounded = { ...result, ratios: round(result.ratios, 3), figures: round(result.figures, 1) };
  if (asJson) return `${JSON.stringify({ name, ...rounded })}\n`;
  const lines = [
    name,
    ...table('ratios (ours to theirs)', rounded.ratios),
    ...table('figures', rounded.figures),
    ...table('versions', rounded.versions),
  ];
  return `${lines.join('\n')}\n`;
}

function table(title: string, rows: Readonly<Record<string, number | string>>): string[] {
  return [`  ${title}`, ...Object.entries(rows).map(([key, value]) => `    ${key.padEnd(36)}${value}`)];
}

function round(values: Readonly<Record<string, number>>, digits: number): Record<string, number> {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, Number(value.toFixed(digits))]),
  );
}
