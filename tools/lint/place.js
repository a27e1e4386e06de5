import { realpathSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root folder, without symbolic links. */
const root = realpathSync(fileURLToPath(new URL('../..', import.meta.url)));
/** Where the library's rooms are. */
export const librarySource = 'packages/watchword/src';

/**
 * Where a file stands, as far as the walls are concerned: in a room of the library, or in an app or an example.
 *
 * @typedef {{ kind: 'room', room: string, file: string } | { kind: 'app', folder: string, file: string }} Place
 */

/**
 * @param {string} filename absolute
 * @returns {Place | undefined} undefined where no wall stands: tests of the library, tools
 */
export function placeOf(filename) {
  const file = relative(root, filename).split(sep).join('/');
  if (file.startsWith(`${librarySource}/`)) {
    const [first = '', ...rest] = file.slice(librarySource.length + 1).split('/');
    const room = rest.length === 0 ? '' : first;
    return room === 'ambient' ? undefined : { kind: 'room', room, file };
  }
  const app = /^(?:apps|examples)\/[^/]+/.exec(file);
  return app === null ? undefined : { kind: 'app', folder: app[0], file };
}
