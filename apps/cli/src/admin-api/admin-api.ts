import { Stop } from '../stop.ts';

export type AdminMethod = 'GET' | 'POST' | 'DELETE';

export interface AdminAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** What every administrating command speaks to, whether a server runs or not: the routes below `/admin/v1`. */
export interface AdminApi {
  request(method: AdminMethod, path: string, body?: object): Promise<AdminAnswer>;
}

/** The body of an answer that went well; what the installation refuses ends the command with its sentence. */
export async function ask<Body>(
  api: AdminApi,
  method: AdminMethod,
  path: string,
  body?: object,
): Promise<Body> {
  const answer = await api.request(method, path, body);
  if (answer.status >= 200 && answer.status < 300) return answer.body as Body;
  throw new Stop(answer.status === 404 ? 1 : 2, sentenceOf(answer));
}

/** What a refusal says to people, RFC 9457: where members are named, what is wrong with each. */
export function sentenceOf({ status, body }: AdminAnswer): string {
  const { title, detail, code, errors } = (body ?? {}) as Readonly<Record<string, unknown>>;
  const problems = Array.isArray(errors) ? errors.map(problemOf).filter((text) => text !== '') : [];
  const sentence =
    problems.length > 0
      ? problems.join(' ')
      : ([detail, title].find((text) => typeof text === 'string') ?? `Answered with ${status}.`);
  return typeof code === 'string' ? `${sentence} (${code})` : sentence;
}

function problemOf(error: unknown): string {
  const { member, problem } = (error ?? {}) as Readonly<Record<string, unknown>>;
  return typeof member === 'string' && typeof problem === 'string' ? `${member}: ${problem}` : '';
}
