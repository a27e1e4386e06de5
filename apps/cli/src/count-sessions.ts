/** "no live session", "1 live session", "214 live sessions". */
export function countSessions(count: number): string {
  if (count === 0) return 'no live session';
  return count === 1 ? '1 live session' : `${count} live sessions`;
}
