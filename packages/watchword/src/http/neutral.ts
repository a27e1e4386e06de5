import type { Caller } from '../domain/place.ts';
import type { StreamingBody } from '../ports/byte-sink.ts';

/** A request as every framework can give it. */
export interface NeutralRequest {
  /** In capitals. */
  readonly method: string;
  /** Without host and query, as it was sent. */
  readonly path: string;
  /** What stands behind the path, without the question mark. */
  readonly query?: string;
  /** The client's address, as far as the framework knows it: behind proxies it has to be told which ones to trust. */
  readonly remoteAddress: string | undefined;
  /** A header by its lower-case name; what was sent several times is joined as Node joins it. */
  header(name: string): string | undefined;
  /** Reads the body, of which at most `limitBytes` are taken in. */
  readBody(limitBytes: number): Promise<BodyReading>;
}

export type BodyReading =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** A parser of the framework's was there first; its bytes are gone. */
  | { readonly kind: 'parsed'; readonly value: unknown }
  | { readonly kind: 'too_large' }
  /** The client went away. */
  | { readonly kind: 'aborted' };

export function callerOf(request: NeutralRequest): Caller {
  const userAgent = request.header('user-agent');
  return {
    ...(request.remoteAddress !== undefined && { address: request.remoteAddress }),
    ...(userAgent !== undefined && { userAgent }),
  };
}

export type Header = readonly [name: string, value: string];

/** A response as every framework can send it. `set-cookie` may stand in it several times. */
export interface NeutralResponse {
  readonly status: number;
  readonly headers: readonly Header[];
  /** `''` where there is a stream. */
  readonly body: string;
  /** In place of the body: what is written while it is sent. */
  readonly stream?: StreamingBody;
}
