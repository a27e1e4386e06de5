import type { Engine } from '../engine/engine.ts';
import type { Watchword } from './watchword.ts';

export function presentFeed({ receipts, feed, context }: Engine): Watchword['feed'] {
  const { relay } = context;
  return {
    async status() {
      const { head, verifiers } = await receipts.status();
      return {
        head,
        connections: feed.connections(),
        verifiers,
        ...(relay && { relay: { kind: relay.kind, connected: relay.link.isConnected() } }),
      };
    },
  };
}
