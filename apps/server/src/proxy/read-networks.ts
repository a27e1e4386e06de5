import { BlockList, isIP } from 'node:net';
import { SettingError } from '../setting-error.ts';

/** Networks of machines whose word is taken for where a request came from. */
export interface Networks {
  readonly isEmpty: boolean;
  /** Whether an address lies in one of them, also an IPv4 address that is written as IPv6. */
  includes(address: string): boolean;
}

const VARIABLE = 'WATCHWORD_TRUSTED_PROXIES';

/** Reads addresses and CIDR networks (RFC 4632), separated by commas or white space. */
export function readNetworks(text: string): Networks {
  const list = new BlockList();
  const entries = text.split(/[\s,]+/).filter((entry) => entry !== '');
  for (const entry of entries) {
    const { address, family, prefix } = parseNetwork(entry);
    list.addSubnet(address, prefix, family);
  }
  return {
    isEmpty: entries.length === 0,
    includes(address) {
      const [bare = ''] = address.split('%', 1);
      const version = isIP(bare);
      return version !== 0 && list.check(bare, version === 4 ? 'ipv4' : 'ipv6');
    },
  };
}

interface Network {
  readonly address: string;
  readonly family: 'ipv4' | 'ipv6';
  readonly prefix: number;
}

function parseNetwork(entry: string): Network {
  const [, address = '', given] = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(entry) ?? [];
  const version = isIP(address);
  const bits = version === 4 ? 32 : 128;
  const prefix = given === undefined ? bits : Number(given);
  if (version === 0 || prefix > bits) {
    throw refusal(entry, 'is neither an address nor a network such as 10.0.0.0/8 or 2001:db8::/32');
  }
  if (prefix === 0)
    throw refusal(entry, 'is every machine there is, and any of them could say that it is another');
  const value = version === 4 ? valueOfV4(address) : valueOfV6(address);
  if (BigInt.asUintN(bits - prefix, value) !== 0n) {
    throw refusal(
      entry,
      `has bits behind its first ${prefix}: write the network, or the address without a prefix`,
    );
  }
  return { address, family: version === 4 ? 'ipv4' : 'ipv6', prefix };
}

function refusal(entry: string, why: string): SettingError {
  return new SettingError(
    `${VARIABLE} lists the proxies to believe, and ${JSON.stringify(entry.slice(0, 60))} ${why}.`,
  );
}

function valueOfV4(address: string): bigint {
  return address.split('.').reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

function valueOfV6(address: string): bigint {
  // A URL parser writes the last 32 bits as two groups, whether they were an IPv4 address or not.
  const spelt = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = [], tail = []] = spelt
    .split('::')
    .map((part) => part.split(':').filter((group) => group !== ''));
  const missing = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  const groups = [...head, ...missing, ...tail];
  return groups.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n);
}
