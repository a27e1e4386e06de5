import { styleText } from 'node:util';
import { hasColours, print, showControls, type Terminal } from '../terminal.ts';

/** For a person at a terminal only: scripts and log files get nothing that they did not ask for. */
export async function hint({ stderr, environment }: Terminal, text: string): Promise<void> {
  if (stderr.isTTY !== true) return;
  const shown = showControls(text);
  const dim = hasColours(stderr, environment) ? styleText('dim', shown, { validateStream: false }) : shown;
  await print(stderr, `${dim}\n`);
}
