import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import { rooms } from '../rooms.js';
import { librarySource } from './place.js';

/** @typedef {{ imports: readonly string[], packages: readonly string[], nodeTypes: boolean }} Room */
/** @type {Readonly<Record<string, Room>>} */
const table = rooms;
const ownName = /^watchword(\/|$)/;

/**
 * Whether a file may import a specifier.
 *
 * @param {import('./place.js').Place} place
 * @param {string} specifier
 * @returns {string | undefined} why not, and what to do instead
 */
export function judgeImport(place, specifier) {
  if (place.kind === 'app') return judgeAppImport(place, specifier);
  const room = table[place.room];
  if (room === undefined) return unknownRoom(place.room);
  return isRelative(specifier)
    ? judgeRelative(place, room, specifier)
    : judgePackage(place.room, room, specifier);
}

/** @param {string} specifier */
function isRelative(specifier) {
  return /^\.\.?(\/|$)/.test(specifier);
}

/** @param {string} name */
function unknownRoom(name) {
  return name === ''
    ? `Every file of the library stands in a room. Move this one into one of: ${Object.keys(table).join(', ')}.`
    : `'${name}' is not a room. Put the file into one, or add the room with its imports to tools/rooms.js.`;
}

/**
 * @param {Extract<import('./place.js').Place, { kind: 'room' }>} place
 * @param {Room} room
 * @param {string} specifier
 */
function judgeRelative(place, room, specifier) {
  const target = posix.join(posix.dirname(place.file), specifier);
  if (target.split('/').includes('dist')) {
    return `'${specifier}' is build output. Import the source of a room that '${place.room}' may import: ${listed(room)}.`;
  }
  if (!target.startsWith(`${librarySource}/`)) {
    return `'${specifier}' leaves ${librarySource}. Move what you need into a room, or pass it in through a port.`;
  }
  const other = target.slice(librarySource.length + 1).split('/')[0] ?? '';
  if (other === place.room || room.imports.includes(other)) return undefined;
  return `Room '${place.room}' may not import from '${other}', only from: ${listed(room)}. Move what you need into one of those, or let the caller pass it in through a port (the walls are in tools/rooms.js).`;
}

/** @param {Room} room */
function listed(room) {
  return room.imports.length === 0 ? 'itself' : room.imports.join(', ');
}

/**
 * @param {string} name
 * @param {Room} room
 * @param {string} specifier
 */
function judgePackage(name, room, specifier) {
  if (ownName.test(specifier)) {
    return `The library does not import itself by name ('${specifier}'): that walks around the walls. Write a relative path to a room that '${name}' may import: ${listed(room)}.`;
  }
  if (/^([/\\]|[a-z]+:\/\/|data:|file:)/i.test(specifier)) {
    return `'${specifier}' is an address. Write a relative path or the name of a package.`;
  }
  if (!specifier.startsWith('node:') && isBuiltin(specifier)) {
    return `Write 'node:${specifier}', so that it cannot be mistaken for a package of that name.`;
  }
  if (room.packages.some((allowed) => covers(allowed, specifier))) return undefined;
  if (room.packages.length === 0) {
    return `Room '${name}' is pure and imports no package, '${specifier}' included. Declare what you need as a port in src/ports and implement it in src/platform.`;
  }
  return `Room '${name}' may import only these packages: ${room.packages.join(', ')}. For what '${specifier}' does, declare a port in src/ports and implement it in src/platform.`;
}

/**
 * @param {string} allowed
 * @param {string} specifier
 */
function covers(allowed, specifier) {
  if (allowed === 'node:*') return specifier.startsWith('node:');
  return specifier === allowed || (!allowed.startsWith('node:') && specifier.startsWith(`${allowed}/`));
}

/**
 * @param {Extract<import('./place.js').Place, { kind: 'app' }>} place
 * @param {string} specifier
 */
function judgeAppImport(place, specifier) {
  if (isRelative(specifier)) {
    const target = posix.join(posix.dirname(place.file), specifier);
    if (target.startsWith(`${place.folder}/`)) return undefined;
    if (place.file.startsWith(`${place.folder}/test/`) && target.startsWith('tools/test-servers/'))
      return undefined;
    return `'${specifier}' leaves ${place.folder}. Import the other package by its name, through what its "exports" offer.`;
  }
  if (/^(watchword|@watchword\/[^/]+)\/(dist|src)(\/|$)/.test(specifier)) {
    return `'${specifier}' reaches into a package. Import one of its "exports", such as 'watchword' or 'watchword/sqlite'.`;
  }
  return undefined;
}

/**
 * Whether Node's types are missing in the room of a file on purpose.
 *
 * @param {import('./place.js').Place} place
 */
export function isPure(place) {
  return place.kind === 'room' && !(table[place.room]?.nodeTypes ?? true);
}
