import { Gauge, type Registry } from '@prometheus-io/client';
import type { Watchword } from 'watchword';

/** What is asked of the installation when somebody looks. */
export function measureInstallation({ revoke, feed }: Watchword, registry: Registry): void {
  measureFeed(feed, registry);
  new Gauge({
    name: 'watchword_revocation_log_sequence',
    help: 'The number of the newest entry of the revocation log; missing while the store does not answer.',
    registers: [registry],
    async collect() {
      const head = await revoke.log({ limit: 1 }).then(
        (log) => log.head,
        () => undefined,
      );
      if (head === undefined) this.remove();
      else this.set(head.sequence);
    },
  });
  new Gauge({
    name: 'watchword_revocation_knowledge_age_seconds',
    help: 'How long ago this process last knew all that was revoked.',
    registers: [registry],
    collect() {
      this.set(revoke.ageMs() / 1000);
    },
  });
}

const STATES = ['current', 'behind', 'silent'] as const;

function measureFeed(feed: Watchword['feed'], registry: Registry): void {
  new Gauge({
    name: 'watchword_feed_verifiers',
    help: 'Verifiers of all servers by what they know; silent ones for an hour. Missing while the store does not answer.',
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      const status = await feed.status().catch(() => undefined);
      for (const state of STATES) {
        if (status === undefined) this.remove({ state });
        else this.set({ state }, status.verifiers.filter((verifier) => verifier.state === state).length);
      }
    },
  });
  new Gauge({
    name: 'watchword_feed_connections',
    help: 'Verifiers that are connected to this process; missing while the store does not answer.',
    registers: [registry],
    async collect() {
      const status = await feed.status().catch(() => undefined);
      if (status === undefined) this.remove();
      else this.set(status.connections);
    },
  });
}
