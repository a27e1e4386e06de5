/** Where a session's client was last heard from, as far as it is known: when it started, and at each step of its chain. */
export interface SessionPlace {
  /** The network that it called from, never the whole address: `203.0.113.0/24`, `2001:db8:1::/48`. */
  readonly addressPrefix?: string;
  /** What it called itself, at most 256 characters. */
  readonly userAgent?: string;
}

/** What is known of whoever makes a request. */
export interface Caller {
  /** An IPv4 or IPv6 address. */
  readonly address?: string;
  readonly userAgent?: string;
}

const MAX_USER_AGENT_LENGTH = 256;

/** What may be kept of a caller. What is no address is not kept. */
export function placeOf({ address, userAgent }: Caller): SessionPlace {
  const addressPrefix = address === undefined ? undefined : prefixOf(address);
  const name = userAgent === undefined ? '' : plainText(userAgent);
  return {
    ...(addressPrefix !== undefined && { addressPrefix }),
    ...(name !== '' && { userAgent: name }),
  };
}

function plainText(userAgent: string): string {
  return userAgent
    .slice(0, MAX_USER_AGENT_LENGTH)
    .toWellFormed()
    .replaceAll(/\p{Cc}/gu, ' ')
    .trim();
}

/** What a URL parser may be handed between brackets. */
const IPV6_TEXT = /^[\da-f.]*:[\da-f:.]*$/i;

/** The first 24 bits of an IPv4 address, also of one that is written as IPv6, or the first 48 of an IPv6 address. */
function prefixOf(address: string): string | undefined {
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(address)) return networkOfV4(address.split('.').map(Number));
  const [bare = ''] = address.split('%', 1);
  if (bare.length > 45 || !IPV6_TEXT.test(bare) || !URL.canParse(`http://[${bare}]`)) return undefined;
  const groups = groupsOf(bare);
  const [first = 0, second = 0, third = 0] = groups;
  const [high = 0, low = 0] = groups.slice(6);
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xff_ff;
  if (isMapped) return networkOfV4([high >> 8, high & 0xff, low >> 8, low & 0xff]);
  const network = [first, second, third].map((group) => group.toString(16)).join(':');
  return `${canonical(`${network}::`)}/48`;
}

function networkOfV4(bytes: readonly number[]): string | undefined {
  if (bytes.some((byte) => byte > 255)) return undefined;
  return `${bytes.slice(0, 3).join('.')}.0/24`;
}

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): readonly number[] {
  const parts = canonical(address)
    .split('::')
    .map((part) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16))));
  const [head = [], tail = []] = parts;
  return [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => 0), ...tail];
}

/** The one spelling of RFC 5952, which is how URLs write an address. */
function canonical(address: string): string {
  return new URL(`http://[${address}]`).hostname.slice(1, -1);
}
