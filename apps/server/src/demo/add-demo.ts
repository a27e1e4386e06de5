import type { FastifyInstance } from 'fastify';
import type { Watchword } from 'watchword';
import { guard } from '../guard.ts';
import { countSessions } from './count-sessions.ts';
import { loseAnswer } from './lose-answer.ts';
import { replay } from './replay.ts';
import { revokeAll } from './revoke-all.ts';
import { steal } from './steal.ts';
import { createStolenTokens } from './stolen-tokens.ts';
import { createWitness } from './witness.ts';

/**
 * What the page at `/` needs beside the library's routes. The tricks do to a session what no script can, because no
 * script sees a token; where `withTricks` is false, they do not exist.
 */
export function addDemo(app: FastifyInstance, auth: Watchword, withTricks: boolean): void {
  app.get('/demo', async (_request, reply) => {
    void reply.header('cache-control', 'no-store');
    return { tricks: withTricks };
  });
  if (withTricks) addTricks(app, auth);
}

/** All are behind a guard: by cookie what changes something answers to signed-in pages of this origin alone. */
function addTricks(app: FastifyInstance, auth: Watchword): void {
  const witness = createWitness(auth);
  const stolen = createStolenTokens();
  app.get('/demo/sessions', { preHandler: guard(auth) }, (_request, reply) => {
    void reply.header('cache-control', 'no-store');
    return countSessions(auth)();
  });
  const tricks = {
    '/demo/lose-answer': loseAnswer(auth, witness),
    '/demo/steal': steal(auth, stolen),
    '/demo/replay': replay(auth, witness, stolen),
    '/demo/revoke-all': revokeAll(auth),
  };
  for (const [path, trick] of Object.entries(tricks)) {
    app.post(path, { preHandler: guard(auth) }, (request, reply) => {
      void reply.header('cache-control', 'no-store');
      return trick(request, reply);
    });
  }
}
