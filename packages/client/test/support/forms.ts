/** How the server addresses a browser's session. */
export type Form = 'jwt' | 'opaque';

/** Both in the long run; in the ordinary run those that a file asks for. */
export function formsOf(...ordinary: readonly Form[]): readonly Form[] {
  return process.env['WATCHWORD_LONG'] === undefined ? ordinary : ['jwt', 'opaque'];
}
