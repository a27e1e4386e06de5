import { noteServerDate } from './clock.js';

/**
 * What became of a call:
 * - `answer`: it was done; `body` is the JSON, or null.
 * - `refused`: the server understood and said no; `problem` says why. Asking again changes nothing.
 * - `outage`: nobody answered, or with 429 or 5xx. It says nothing about the session, which is kept.
 *
 * @typedef {{ kind: 'answer', status: number, body: any, tookMs: number }
 *   | { kind: 'refused', status: number, problem: Problem, tookMs: number }
 *   | { kind: 'outage', status: number, problem: Problem, retryAfterSeconds: number | null, tookMs: number }} Outcome
 * @typedef {{ code: string, title: string, detail: string, status: number,
 *   errors: { member: string, problem: string }[] }} Problem
 */

const TIMEOUT_MS = 15_000;

/** @returns {Promise<Outcome>} */
export async function call(method, path, body) {
  const startedMs = performance.now();
  const took = () => Math.round(performance.now() - startedMs);
  let response;
  let content;
  try {
    response = await fetch(path, {
      method,
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: 'same-origin',
      cache: 'no-store',
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    content = await response.text();
  } catch {
    return { kind: 'outage', status: 0, problem: unreachable(), retryAfterSeconds: null, tookMs: took() };
  }
  noteServerDate(response.headers.get('date'));
  return judge(response, parse(response, content), took());
}

function judge(response, body, tookMs) {
  const { status } = response;
  if (status === 204) return { kind: 'answer', status, body: null, tookMs };
  if (response.ok && body !== null) return { kind: 'answer', status, body, tookMs };
  if (response.ok || status === 429 || status >= 500) {
    const problem = readProblem(status, body);
    return { kind: 'outage', status, problem, retryAfterSeconds: retryAfter(response), tookMs };
  }
  return { kind: 'refused', status, problem: readProblem(status, body), tookMs };
}

function parse(response, content) {
  if (!/^application\/([\w.-]+\+)?json\b/i.test(response.headers.get('content-type') ?? '')) return null;
  try {
    const body = JSON.parse(content);
    return typeof body === 'object' ? body : null;
  } catch {
    return null;
  }
}

function readProblem(status, body) {
  const faults = Array.isArray(body?.errors) ? body.errors : [];
  const text = (value, otherwise) => (typeof value === 'string' && value !== '' ? value : otherwise);
  return {
    status,
    code: text(body?.code, `HTTP_${status}`),
    title: text(body?.title, 'An answer that this page does not understand'),
    detail: text(body?.detail, `It came with status ${status} and without an explanation.`),
    errors: faults.filter((fault) => typeof fault?.member === 'string'),
  };
}

function unreachable() {
  const offline = navigator.onLine === false;
  return {
    status: 0,
    code: offline ? 'OFFLINE' : 'NO_ANSWER',
    title: offline ? 'You are offline' : 'The server does not answer',
    detail: offline ? 'This device has no network at the moment.' : 'The request got no answer in time.',
    errors: [],
  };
}

/** Retry-After, RFC 9110 §10.2.3: seconds or a date. */
function retryAfter(response) {
  const value = response.headers.get('retry-after');
  if (value === null) return null;
  if (/^\d+$/.test(value)) return Number(value);
  const waitMs = Date.parse(value) - Date.parse(response.headers.get('date') ?? '');
  return Number.isNaN(waitMs) ? null : Math.max(0, Math.ceil(waitMs / 1000));
}
