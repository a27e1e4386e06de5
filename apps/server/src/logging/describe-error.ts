/** Describes an error and its causes. It changes nothing about the error, which may be frozen, and never throws. */
export function describeError(error: unknown): unknown {
  return describe(error, 0);
}

/** What is logged of an error. Members that a driver or an HTTP client hung onto it are not: they hold parameters. */
export interface ErrorDescription {
  readonly type: string;
  readonly message: string;
  readonly stack?: string;
  readonly cause?: unknown;
  readonly errors?: readonly unknown[];
  readonly [member: string]: unknown;
}

const SCALARS = [
  'code',
  'status',
  'statusCode',
  'syscall',
  'address',
  'port',
  'path',
  'errcode',
  'errstr',
] as const;
const DEEPEST_CAUSE = 5;
const MOST_ERRORS = 5;

function describe(error: unknown, depth: number): unknown {
  // Anything can be thrown; what is not like an error is logged as it is.
  if (typeof error !== 'object' || error === null) return error;
  const message = read(error, 'message');
  if (typeof message !== 'string') return error;
  if (depth === DEEPEST_CAUSE) return '[more causes]';
  const stack = read(error, 'stack');
  const cause = read(error, 'cause');
  const errors = read(error, 'errors');
  const detail = read(error, 'detail');
  const isOurs = String(read(error, 'code')).startsWith('ERR_');
  return {
    type: String(read(error, 'name')),
    message,
    ...Object.fromEntries(
      SCALARS.map((name) => [name, read(error, name)]).filter(([, value]) => isScalar(value)),
    ),
    // A driver's detail quotes what is in a row; ours does not.
    ...(isOurs && isScalar(detail) ? { detail } : {}),
    ...(typeof stack === 'string' ? { stack } : {}),
    ...(cause === undefined ? {} : { cause: describe(cause, depth + 1) }),
    ...(Array.isArray(errors)
      ? { errors: errors.slice(0, MOST_ERRORS).map((inner) => describe(inner, depth + 1)) }
      : {}),
  } satisfies ErrorDescription;
}

function isScalar(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}

function read(error: object, name: string): unknown {
  try {
    return (error as Record<string, unknown>)[name];
  } catch {
    return undefined;
  }
}
