import { once } from 'node:events';
import express, { type RequestHandler } from 'express';
import { expressjwt, type Request } from 'express-jwt';
import { watchword } from 'watchword/express';
import { ISSUER, SOMEBODY, type Variant } from './application.ts';

export async function startExpress(variant: Variant, port: number): Promise<void> {
  const app = express();
  if (variant.kind === 'watchword') app.use(watchword(variant.auth));
  if (variant.kind === 'idle') app.use((_request, _response, next) => next());
  app.get('/me', ...handlersOf(variant));
  await once(app.listen(port, '127.0.0.1'), 'listening');
}

function handlersOf(variant: Variant): RequestHandler[] {
  switch (variant.kind) {
    case 'bare':
      return [(_request, response) => void response.json({ subject: SOMEBODY })];
    case 'idle':
      return [
        (_request, _response, next) => next(),
        (_request, response) => void response.json({ subject: SOMEBODY }),
      ];
    case 'watchword':
      return [
        variant.auth.require(),
        (request, response) => void response.json({ subject: request.auth.subject }),
      ];
    case 'peer':
      return [
        expressjwt({ secret: variant.secret, algorithms: ['HS256'], issuer: ISSUER, audience: ISSUER }),
        (request: Request, response) => void response.json({ subject: request.auth?.sub }),
      ];
  }
}
