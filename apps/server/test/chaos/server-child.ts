// A server in a process of its own, which says when it answers.
import { startServer } from '../../src/index.ts';

await startServer(process.env);
process.send?.('ready');
process.once('disconnect', () => process.exit(1));
