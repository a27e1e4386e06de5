import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ConnectResponse, VerifiedToken, VerifyOptions, Watchword } from 'watchword';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who the request speaks for, on guarded routes. */
    verifiedToken?: VerifiedToken;
  }
}

/** `auth.require()` for a Fastify route. */
export function guard(auth: Watchword, options: VerifyOptions = {}) {
  const check = auth.require(options);
  return (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void => {
    const { method, headers, url } = request;
    const asked: { method: string; headers: typeof headers; url: string; auth?: VerifiedToken } = {
      method,
      headers,
      url,
    };
    check(asked, responseOf(reply), () => {
      if (asked.auth !== undefined) request.verifiedToken = asked.auth;
      done();
    });
  };
}

function responseOf(reply: FastifyReply): ConnectResponse {
  return {
    statusCode: 200,
    getHeader: (name) => reply.getHeader(name),
    setHeader: (name, value) => reply.header(name, value),
    end(body) {
      return reply.code(this.statusCode).send(body);
    },
  };
}
