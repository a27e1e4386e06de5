import { pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';
import { describeError } from './describe-error.ts';
import { describeRequest, describeResponse } from './describe-request.ts';
import { redactLine } from './redact-line.ts';
import { REDACTED } from './redact-text.ts';

/**
 * The server's log, for Fastify's `loggerInstance`: one JSON object a line, with `level`, `time` (ISO 8601), `pid` and
 * `msg`. No line contains a token or a password: what is known to hold one is never serialised, and `redactLine` goes
 * over every line that is about to be written, those of child loggers included.
 */
export function createLogger({ level, destination }: LoggerOptions): Logger {
  const options = {
    level,
    base: { pid: process.pid },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: {
      req: describeRequest,
      res: describeResponse,
      err: describeError,
      error: describeError,
      cause: describeError,
    },
    redact: { paths: [...NEVER_SERIALISED], censor: REDACTED },
    hooks: { streamWrite: redactLine },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LoggerOptions {
  readonly level: LogLevel;
  /** Standard output by default. */
  readonly destination?: DestinationStream;
}

// Members at the top of a line only: pino copies an object to look deeper into it, and `redactLine` does that anyway.
const NEVER_SERIALISED = [
  'headers',
  'rawHeaders',
  'body',
  'cookies',
  'cookie',
  'authorization',
  'password',
  'secret',
  'token',
  'accessToken',
  'access_token',
  'refreshToken',
  'refresh_token',
] as const;
