import type { Handler } from '../handler.ts';
import { problem } from '../problem.ts';
import { respondJson } from '../respond.ts';
import { arrivalsOf, probeCookies, type ProbeAnswer } from '../self-check/probe.ts';
import { presentSelfCheck } from '../present/self-check.ts';

const LONGEST_TEXT = 200;

/** `GET /auth/self-check`: for developers. In production the application asks `auth.selfCheck()`, and decides who sees it. */
export const selfCheck: Handler = async (_request, { settings, selfCheck: check }) =>
  settings.explains ? respondJson(200, presentSelfCheck(await check())) : problem('ERR_ROUTE_UNKNOWN');

/** `/auth/self-check/{probe}`: tells the installation that has made the probe, and nobody else, what has arrived. */
export const answerProbe: Handler = async (request, { engine, settings }, probe) => {
  const proof = engine.probes.answer(probe);
  if (proof === undefined) return problem('ERR_ROUTE_UNKNOWN');
  const stamp = engine.probes.stamp();
  const textOf = (name: string): string => (request.header(name) ?? '').slice(0, LONGEST_TEXT);
  const answer: ProbeAnswer = {
    proof,
    stamp,
    host: textOf('host') || textOf(':authority'),
    scheme: textOf('x-forwarded-proto'),
    headers: arrivalsOf(request, probe, settings),
  };
  return respondJson(200, answer, [
    ['vary', 'Origin'],
    ...probeCookies(stamp, settings).map((cookie) => ['set-cookie', cookie] as const),
  ]);
};
