import type { FastifyRequest } from 'fastify';
import type { Watchword } from 'watchword';
import { presentRefresh, type Presented, type Presenter } from './present-refresh.ts';
import { writeRefreshCookie } from './refresh-cookie.ts';
import type { StolenTokens } from './stolen-tokens.ts';
import type { Witness } from './witness.ts';

/** An address that RFC 5737 keeps for examples. */
const THIEF_ADDRESS = '203.0.113.66';

/** `POST /demo/replay`: the thief shows the stolen token from elsewhere. The answer says what happened to it, no more. */
export function replay(auth: Watchword, witness: Witness, stolen: StolenTokens) {
  return async (request: FastifyRequest): Promise<unknown> => {
    const sessionId = request.verifiedToken?.sessionId ?? '';
    const loot = stolen.find(sessionId);
    if (loot === undefined) return { outcome: 'nothing_stolen' };
    const presented = await presentRefresh(auth, witness, thiefWith(loot.token));
    if (presented.kind !== 'served') stolen.forget(sessionId);
    return { stolen_generation: loot.generation, ...tell(presented) };
  };
}

/** No browser holds a thief to Fetch Metadata: any program can claim to be a page of ours. */
function thiefWith(token: string): Presenter {
  const headers: Readonly<Record<string, string>> = {
    cookie: writeRefreshCookie(token),
    'sec-fetch-site': 'same-origin',
    'user-agent': 'curl/8.5.0',
  };
  return { remoteAddress: THIEF_ADDRESS, header: (name) => headers[name] };
}

function tell(presented: Presented): object {
  switch (presented.kind) {
    case 'served':
      return { outcome: presented.outcome, generation: presented.generation };
    case 'reused': {
      const { generation, presentedGeneration, refusal } = presented;
      return {
        outcome: 'reused',
        generation,
        presented_generation: presentedGeneration,
        ...codeOf(refusal.body),
      };
    }
    case 'refused':
      return { outcome: 'refused', ...codeOf(presented.refusal.body) };
  }
}

function codeOf(problem: string): { readonly code?: string } {
  const document: unknown = JSON.parse(problem);
  if (typeof document !== 'object' || document === null || !('code' in document)) return {};
  return typeof document.code === 'string' ? { code: document.code } : {};
}
