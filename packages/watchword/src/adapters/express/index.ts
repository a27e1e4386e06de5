import type { IncomingMessage, ServerResponse } from 'node:http';
import { WatchwordError } from '../../errors/watchword-error.ts';
import { pathOfConnect, sendConnect, type ConnectNext, type VerifiedToken } from '../../http/index.ts';
import { assertInstallation } from '../assert-installation.ts';
import { handleRequest, type HasHttpFace } from '../node/index.ts';

export { authOf } from '../node/auth-of.ts';
export { signIn } from '../node/sign-in.ts';

declare global {
  // Express has its users extend this namespace; there is no other way to type `req.auth`.
  namespace Express {
    interface Request {
      /**
       * Who the request speaks for, on routes behind `auth.require()`; elsewhere reading it throws. Behind an optional guard it may be
       * `undefined`: `authOf(req)` says so.
       */
      auth: VerifiedToken;
    }
  }
}

/**
 * Express middleware that answers `/auth/*` and the JWKS. Put it before the routes that it is to guard:
 *
 *     app.use(watchword(auth));
 *     app.get('/me', auth.require(), (req, res) => res.json(req.auth.subject));
 */
export function watchword(auth: HasHttpFace) {
  assertInstallation(auth, 'app.use(watchword(auth))');
  return (request: IncomingMessage, response: ServerResponse, next: ConnectNext): void => {
    hideAuth(request);
    if (!auth.http.handles(pathOfConnect(request))) return next();
    handleRequest(auth, request, response).then(undefined, next);
  };
}

/**
 * Express error middleware that answers what the library refuses, such as a `signIn` from another site, as a problem document;
 * other errors go on. Put it behind the routes: `app.use(answerProblems(auth))`.
 */
export function answerProblems(auth: HasHttpFace) {
  assertInstallation(auth, 'app.use(answerProblems(auth))');
  return (error: unknown, _request: IncomingMessage, response: ServerResponse, next: ConnectNext): void => {
    if (error instanceof WatchwordError && !response.headersSent)
      sendConnect(auth.http.refuse(error), response);
    else next(error);
  };
}

/** Makes `req.auth` throw, whatever stood there, until a guard sets it. */
function hideAuth(request: IncomingMessage & Judged): void {
  const prototype: unknown = Object.getPrototypeOf(request);
  if (!isOfOneApp(prototype) || Object.hasOwn(request, 'auth')) {
    Object.defineProperty(request, 'auth', UNGUARDED);
  } else if (!Object.hasOwn(prototype, 'auth')) {
    // Once for an app: an accessor for each of its requests would be dear.
    Object.defineProperty(prototype, 'auth', UNGUARDED);
  }
  request[judged] = NOBODY_YET;
}

/** Express makes a prototype of requests for each app, and names the app in it. */
function isOfOneApp(prototype: unknown): prototype is object {
  return typeof prototype === 'object' && prototype !== null && Object.hasOwn(prototype, 'app');
}

const judged = Symbol('watchword.judged');

interface Judged {
  [judged]?: { readonly value: unknown };
}

const NOBODY_YET = { value: undefined };

/** `undefined.subject` would tell nobody that a guard is missing. */
const UNGUARDED: PropertyDescriptor & ThisType<Judged> = {
  configurable: true,
  get() {
    const found = this[judged];
    // Whoever asks before the middleware does not know it.
    if (found !== NOBODY_YET) return found?.value;
    throw new Error(
      '`req.auth` was read on a route without `auth.require()`. Put the guard before the handler.',
    );
  },
  set(value: unknown) {
    this[judged] = { value };
  },
};
