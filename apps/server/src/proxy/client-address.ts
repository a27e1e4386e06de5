import { isIP } from 'node:net';
import type { Networks } from './read-networks.ts';

/**
 * The client behind trusted proxies: each has appended the address that it was asked from to `X-Forwarded-For`, so the list is
 * read from the right, and the first address that is no proxy's is the client's. What stands to the left of it, anybody can
 * have written. What is no address ends the walk at the proxy that has passed it on.
 */
export function clientAddress(peer: string, forwardedFor: string | undefined, proxies: Networks): string {
  let client = peer;
  let end = forwardedFor?.length ?? 0;
  while (forwardedFor !== undefined && end > 0 && proxies.includes(client)) {
    const comma = forwardedFor.lastIndexOf(',', end - 1);
    const address = parseAddress(forwardedFor.slice(comma + 1, end).trim());
    if (address === undefined) break;
    client = address;
    end = comma;
  }
  return client;
}

/** `192.0.2.1`, `2001:db8::1` or `[2001:db8::1]`; some proxies add the port. */
function parseAddress(text: string): string | undefined {
  const [, bracketed, plain] = /^(?:\[([^\]]+)\](?::\d{1,5})?|([\d.]+)(?::\d{1,5})?)$/.exec(text) ?? [];
  const address = bracketed ?? plain ?? text;
  const version = isIP(address);
  const isMisplaced = bracketed !== undefined && version !== 6;
  // A zone means something on the machine that wrote it, and nowhere else.
  return version === 0 || isMisplaced || address.includes('%') ? undefined : address;
}
