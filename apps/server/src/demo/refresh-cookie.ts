/** The name of the cookie that carries the refresh token, as the library sets it where nothing else is configured. */
const NAME = '__Host-ww_rt';

/** The refresh token in a `Cookie` header, if there is exactly one. */
export function readRefreshCookie(header: string | undefined): string | undefined {
  const values = (header ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${NAME}=`))
    .map((pair) => pair.slice(NAME.length + 1));
  return values.length === 1 && values[0] !== '' ? values[0] : undefined;
}

export function writeRefreshCookie(token: string): string {
  return `${NAME}=${token}`;
}
