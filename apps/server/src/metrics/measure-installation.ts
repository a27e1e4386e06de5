import { Gauge, type Registry } from '@prometheus-io/client';
import type { Watchword } from 'watchword';

/** What is asked of the installation when somebody looks. */
export function measureInstallation({ revoke }: Watchword, registry: Registry): void {
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
