// `npm run -s bench -- NAME [--json]` runs one benchmark; without a name it lists them.
import { BENCHMARKS } from './benchmarks.ts';
import { report } from './report.ts';

const name = process.argv.slice(2).find((argument) => !argument.startsWith('-'));
const benchmark = name === undefined ? undefined : BENCHMARKS.get(name);
if (name === undefined || benchmark === undefined) {
  const list = [...BENCHMARKS].map(([known, { summary }]) => `  ${known.padEnd(16)}${summary}`).join('\n');
  process.stdout.write(`Benchmarks, each run with npm run -s bench -- NAME [--json]:\n${list}\n`);
  process.exit(name === undefined ? 0 : 2);
}
const result = await benchmark.run();
process.stdout.write(report(name, result, process.argv.includes('--json')));
process.exit(0);
