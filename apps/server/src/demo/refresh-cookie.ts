/** The cookies that carry what is presented at a refresh, as the library sets them where nothing else is configured. */
const TOKEN = '__Host-ww_rt';
const OPAQUE_ID = '__Host-ww_sid';

/** The refresh token, or the id of the opaque session, in a `Cookie` header, if there is exactly one. */
export function readRefreshCookie(header: string | undefined): string | undefined {
  const values = (header ?? '')
    .split(';')
    .map((pair) => /^ *([^=]*)=(.*?) *$/.exec(pair) ?? [])
    .filter(([, name]) => name === TOKEN || name === OPAQUE_ID)
    .map(([, , value]) => value);
  return values.length === 1 && values[0] !== '' ? values[0] : undefined;
}

export function writeRefreshCookie(text: string): string {
  return `${text.startsWith('wws_') ? OPAQUE_ID : TOKEN}=${text}`;
}
