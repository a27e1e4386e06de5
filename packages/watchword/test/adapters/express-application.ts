import { createServer } from 'node:http';
import type express from 'express';
import { answerProblems, authOf, signIn, watchword } from '../../src/adapters/express/index.ts';
import type { Watchword } from '../../src/facade/index.ts';
import type { AdapterUnderTest, AdapterAppOptions } from './adapter-suite.ts';
import { serving } from './serving.ts';

/** The application of the suite in Express, 4 or 5. */
export function expressAdapter(name: string, framework: typeof express): AdapterUnderTest {
  return {
    name,
    async serve(auth, options) {
      const server = createServer(application(auth, options, framework));
      return serving(server, auth);
    },
  };
}

function application(
  auth: Watchword,
  { trustsProxy, parsesFirst }: AdapterAppOptions,
  framework: typeof express,
) {
  const app = framework();
  app.set('trust proxy', trustsProxy);
  app.enable('case sensitive routing');
  app.enable('strict routing');
  app.use((_request, response, next) => {
    response.cookie('theme', 'dark');
    next();
  });
  if (parsesFirst) app.use(framework.json(), framework.urlencoded({ extended: true }));
  app.use(watchword(auth));
  app.get('/open', (_request, response) => void response.json({ open: true }));
  app.post('/echo', framework.json(), (request, response) => void response.json(request.body));
  const subject: express.RequestHandler = (request, response) =>
    void response.json({ subject: request.auth.subject });
  app.all('/me', auth.require(), subject);
  app.post('/orders', auth.require({ scope: 'orders' }), subject);
  app.get('/elsewhere', auth.require({ audience: 'https://other.example' }), subject);
  app.get('/recent', auth.require({ maxAgeSeconds: 60 }), subject);
  app.get('/fresh', auth.require({ maxStalenessMs: 1000 }), subject);
  const subjectOrNull: express.RequestHandler = (request, response) =>
    void response.json({ subject: authOf(request)?.subject ?? null });
  app.all('/maybe', auth.require({ optional: true }), subjectOrNull);
  app.all('/page', auth.require({ renew: true }), subject);
  app.all('/maybe-page', auth.require({ optional: true, renew: true }), subjectOrNull);
  app.get('/unguarded', subject);
  app.post('/log-in', framework.json(), (request, response, next) => {
    response.cookie('seen', 'yes');
    signIn(auth, request, response, { subject: request.body.name }).then(
      ({ id }) => response.json({ id }),
      next,
    );
  });
  app.get('/broken', () => {
    throw new Error('a defect of the application');
  });
  app.use(answerProblems(auth));
  const ownHandler: express.ErrorRequestHandler = (_error, _request, response, _next) =>
    void response.status(500).send('own handler');
  app.use(ownHandler);
  return app;
}
