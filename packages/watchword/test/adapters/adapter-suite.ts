import { describe } from 'node:test';
import type { Watchword } from '../../src/facade/index.ts';
import { bodyCases } from './suite/body-cases.ts';
import { guardCases } from './suite/guard-cases.ts';
import { routeCases } from './suite/route-cases.ts';
import { sessionCases } from './suite/session-cases.ts';
import { streamCases } from './suite/stream-cases.ts';

/*
 * What every adapter promises, over real HTTP. An adapter is tried with an application of its framework's:
 *
 * - to every answer, also to Watchword's, it adds the cookie `theme=dark`, with the framework's own means, before Watchword has its turn;
 * - `GET /open` gives `{ "open": true }`, `POST /echo` gives back the JSON that it was sent, as the framework parses it;
 * - `GET` and `POST /me` give `{ "subject": … }` behind a guard; so do, behind guards with options, `POST /orders` (the scope `orders`),
 *   `GET /elsewhere` (the audience `https://other.example`), `GET /recent` (at most 60 seconds), `GET /fresh` (at most a second of staleness),
 *   and, optional and with `null` for nobody, `GET` and `POST /maybe`;
 * - `GET /unguarded` gives `{ "subject": … }` without a guard, if the framework lets it come to that;
 * - `POST /log-in` signs in who stands in `{ "name": … }`, adds the cookie `seen=yes` and gives `{ "id": … }` of the session;
 * - `GET /broken` throws an `Error`, which a handler of the framework's answers with 500 and the text `own handler`; what Watchword throws becomes an
 *   answer with the status of the error.
 */

export interface AppOptions {
  /** Whether the framework believes `X-Forwarded-For`. */
  readonly trustsProxy: boolean;
  /** Whether a parser of bodies has its turn before Watchword, in frameworks in which that can be. */
  readonly parsesFirst: boolean;
}

export interface RunningApp {
  /** On the loopback. */
  readonly url: string;
  /** Ends as the adapter's documentation says: streams too, by themselves. */
  stop(): Promise<void>;
}

export interface AdapterUnderTest {
  readonly name: string;
  serve(auth: Watchword, options: AppOptions): Promise<RunningApp>;
}

export function adapterSuite(adapter: AdapterUnderTest): void {
  describe(adapter.name, () => {
    sessionCases(adapter);
    guardCases(adapter);
    routeCases(adapter);
    bodyCases(adapter);
    streamCases(adapter);
  });
}
