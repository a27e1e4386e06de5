/**
 * Revokes a token for each message and tells when that was durable, on the monotonic clock that processes
 * share.
 * Usage: revoker.ts DATABASE
 */
import { randomBytes } from 'node:crypto';
import { parseTokenId } from '../../../src/domain/ids.ts';
import { sqlite } from '../../../src/stores/sqlite/index.ts';
import { LIFETIMES, realContext } from '../real-context.ts';

export interface Revoked {
  readonly sequence: number;
  readonly durableNs: string;
}

const store = await sqlite(process.argv[2] ?? '').open(realContext());

async function revoke(): Promise<Revoked> {
  const tokenId = parseTokenId(randomBytes(16).toString('base64url'));
  if (tokenId === undefined) throw new Error('16 bytes are a token id');
  const { head } = await store.revocations.revoke([{ kind: 'token', tokenId }], LIFETIMES);
  return { sequence: head.sequence, durableNs: String(process.hrtime.bigint()) };
}

process.on('message', () => void revoke().then((revoked) => process.send?.(revoked)));
process.on('disconnect', () => void store.close().then(() => process.exit()));
process.send?.('ready');
