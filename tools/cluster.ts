/**
 * `npm run -s cluster` starts what `deploy/cluster.compose.yaml` describes without Docker: PostgreSQL, Redis, three servers and a
 * balancer before them, on free ports of the loopback interface, in temporary folders. Ctrl-C ends all of it.
 */
import { once } from 'node:events';
import { startCluster } from './cluster/start-cluster.ts';

const { address, servers, databaseUrl, redisUrl, adminData, end } = await startCluster({
  port: Number(process.env['PORT'] ?? 8787),
  servers: 3,
});
process.stdout.write(
  [
    `Three servers answer as ${address}: ${servers.join(', ')}`,
    `PostgreSQL: ${databaseUrl}`,
    `Redis:      ${redisUrl}`,
    `Commands:   watchword feed status --data ${adminData}`,
    'Ctrl-C ends all of it, and what was stored is gone.',
    '',
  ].join('\n'),
);
await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
await end();
process.exit(0);
