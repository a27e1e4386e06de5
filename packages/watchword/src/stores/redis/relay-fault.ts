const CODE = /^[A-Z][A-Z0-9_]{1,39}$/;

/** What went wrong, without an address, a name or a password: the system's code, or the word that a Redis error begins with. */
export function relayFault(cause: unknown): string {
  if (!(cause instanceof Error)) return 'UNKNOWN';
  const code = 'code' in cause ? cause.code : undefined;
  if (typeof code === 'string' && CODE.test(code)) return code;
  const [word = ''] = cause.message.split(' ', 1);
  return CODE.test(word) ? word : 'NO_ANSWER';
}
