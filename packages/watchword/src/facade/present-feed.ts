import type { EngineContext } from '../engine/context.ts';
import type { Engine } from '../engine/engine.ts';
import type { FeedStatus, Watchword } from './watchword.ts';

export function presentFeed({ receipts, feed, context }: Engine): Watchword['feed'] {
  const { relay } = context;
  return {
    async status() {
      const { head, verifiers } = await receipts.status();
      return {
        head,
        connections: feed.connections(),
        verifiers,
        ...(relay && { relay: presentRelay(relay) }),
      };
    },
  };
}

function presentRelay({ kind, link }: NonNullable<EngineContext['relay']>): NonNullable<FeedStatus['relay']> {
  const fault = link.fault();
  return { kind, connected: link.isConnected(), ...(fault !== undefined && { fault }) };
}
