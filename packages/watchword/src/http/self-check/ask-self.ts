import type { Engine } from '../../engine/engine.ts';
import { isJsonObject, parseStrictJson } from '../../domain/json.ts';
import type { HttpAnswer, HttpClient } from '../../ports/http-client.ts';
import type { HttpSettings } from '../settings.ts';
import { PROBE_PATH, probeHeaders, type Arrival, type ProbeAnswer } from './probe.ts';

export interface SelfCheckParts {
  readonly engine: Engine;
  readonly settings: HttpSettings;
  readonly client: HttpClient;
}

/** What came back from ourselves; or from whoever answered, or did not. */
export type ProbeOutcome =
  | { readonly kind: 'answered'; readonly answer: ProbeAnswer; readonly response: HttpAnswer }
  | { readonly kind: 'failed'; readonly reason: string };

const LIMITS = { timeoutMs: 5000, maxBytes: 16_384 };
const ARRIVALS: readonly unknown[] = ['intact', 'missing', 'changed'] satisfies Arrival[];

/** Sends one probe to our own address. */
export async function askSelf(
  method: 'GET' | 'POST',
  probe: string,
  { engine, settings, client }: SelfCheckParts,
): Promise<ProbeOutcome> {
  const url = settings.ownOrigin + PROBE_PATH + probe;
  const headers = probeHeaders(probe, settings);
  let response: HttpAnswer;
  try {
    response =
      method === 'GET'
        ? await client.get(url, LIMITS, headers)
        : await client.post(url, headers, { type: 'application/json', text: '{}' }, LIMITS);
  } catch (error) {
    return { kind: 'failed', reason: error instanceof Error ? error.message : 'the request failed' };
  }
  const answer = response.status === 200 ? parseAnswer(response.body) : undefined;
  if (answer === undefined) return { kind: 'failed', reason: `somebody answered ${response.status}` };
  return engine.probes.isAnswer(probe, answer.proof)
    ? { kind: 'answered', answer, response }
    : { kind: 'failed', reason: 'somebody else answered: the proof is not ours' };
}

function parseAnswer(body: Uint8Array): ProbeAnswer | undefined {
  const value = parseStrictJson(new TextDecoder().decode(body), { maxDepth: 2 });
  if (!isJsonObject(value)) return undefined;
  const { proof, stamp, host, scheme, headers } = value;
  const areTexts = [proof, stamp, host, scheme].every((each) => typeof each === 'string');
  if (!areTexts || !isJsonObject(headers)) return undefined;
  return Object.values(headers).every((arrival) => ARRIVALS.includes(arrival))
    ? (value as unknown as ProbeAnswer)
    : undefined;
}
