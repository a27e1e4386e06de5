import { bodyCases } from './adapter-contract/body-cases.ts';
import type { AddCase, AdapterUnderTest, Cleanup } from './adapter-contract/contract.ts';
import { guardCases } from './adapter-contract/guard-cases.ts';
import { kindCases } from './adapter-contract/kind-cases.ts';
import { renewalCases } from './adapter-contract/renewal-cases.ts';
import { routeCases } from './adapter-contract/route-cases.ts';
import { sessionCases } from './adapter-contract/session-cases.ts';
import { streamCases } from './adapter-contract/stream-cases.ts';
import type { ContractCase } from './store-contract.ts';

export type { AdapterAppOptions, AdapterUnderTest, RunningAdapterApp } from './adapter-contract/contract.ts';

/**
 * Everything that an adapter promises, over real HTTP, as cases for any test runner:
 * `for (const { name, run } of adapterContract(adapter)) test(name, run);`
 *
 * An adapter is tried with an application of its framework's:
 *
 * - to every answer, also to Watchword's, it adds the cookie `theme=dark`, with the framework's own means, before Watchword has its turn;
 * - `GET /open` gives `{ "open": true }`, `POST /echo` gives back the JSON that it was sent, as the framework parses it;
 * - `GET` and `POST /me` give `{ "subject": … }` behind a guard; so do, behind guards with options, `POST /orders` (the scope `orders`),
 *   `GET /elsewhere` (the audience `https://other.example`), `GET /recent` (at most 60 seconds), `GET /fresh` (at most a second of staleness),
 *   and, optional and with `null` for nobody, `GET` and `POST /maybe`;
 * - `GET` and `POST /page` do so behind a guard that renews, and, optional, `GET` and `POST /maybe-page`;
 * - `GET /unguarded` gives `{ "subject": … }` without a guard, if the framework lets it come to that;
 * - `POST /log-in` signs in who stands in `{ "name": … }`, adds the cookie `seen=yes` and gives `{ "id": … }` of the session;
 * - `GET /broken` throws an `Error`, which a handler of the framework's answers with 500 and the text `own handler`; what Watchword throws becomes an
 *   answer with the status of the error.
 */
export function adapterContract(adapter: AdapterUnderTest): readonly ContractCase[] {
  const cases: ContractCase[] = [];
  const add: AddCase = (name, run) => void cases.push({ name, run: () => runAndClear(run) });
  const all = [sessionCases, guardCases, kindCases, renewalCases, routeCases, bodyCases, streamCases];
  for (const addTo of all) {
    addTo(add, adapter);
  }
  return cases;
}

async function runAndClear(run: (t: Cleanup) => Promise<void>): Promise<void> {
  const clearing: (() => unknown)[] = [];
  try {
    await run({ after: (clear) => void clearing.push(clear) });
  } finally {
    for (const clear of clearing.toReversed()) await clear();
  }
}
