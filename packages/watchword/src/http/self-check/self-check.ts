import type { HttpHead } from '../../ports/http-client.ts';
import { askSelf, type SelfCheckParts } from './ask-self.ts';
import { judgePage } from './judge-page.ts';
import { judgeWayIn } from './judge-way-in.ts';
import { judgeWayOut } from './judge-way-out.ts';
import { finding, shown, type SelfCheckFinding, type SelfCheckReport } from './report.ts';

/** Never rejects: that nobody answers is a finding. */
export type SelfCheck = () => Promise<SelfCheckReport>;

/** How long a report is good: whoever asks more often is given the same. */
const REPORT_LIFE_MS = 10_000;
const PAGE_TIMEOUT_MS = 5000;
const MAX_REDIRECTS = 3;

export function createSelfCheck(parts: SelfCheckParts): SelfCheck {
  const { clock } = parts.engine.context;
  let latest: SelfCheckReport | undefined;
  let running: Promise<SelfCheckReport> | undefined;

  async function run(): Promise<SelfCheckReport> {
    const [own, ...pages] = await Promise.all([
      checkOwnRoutes(parts),
      ...parts.settings.checkedPages.map((path) => checkPage(path, parts)),
    ]);
    const checks = [own, ...pages].flat();
    latest = { ok: checks.every(({ ok }) => ok), atMs: clock.nowMs(), checks };
    return latest;
  }

  return async () => {
    const ageMs = latest === undefined ? Infinity : clock.nowMs() - latest.atMs;
    if (latest !== undefined && ageMs >= 0 && ageMs < REPORT_LIFE_MS) return latest;
    running ??= run().finally(() => {
      running = undefined;
    });
    return running;
  };
}

/** A POST as pages send it; and twice the same GET, for caches. */
async function checkOwnRoutes(parts: SelfCheckParts): Promise<readonly SelfCheckFinding[]> {
  const { engine, settings } = parts;
  const again = engine.probes.create();
  const [posted, first] = await Promise.all([
    askSelf('POST', engine.probes.create(), parts),
    askSelf('GET', again, parts),
  ]);
  const second = await askSelf('GET', again, parts);
  const outcomes = [posted, first, second];
  const failed = outcomes.find(({ kind }) => kind === 'failed');
  const reachable = finding(
    'reachable',
    failed === undefined,
    failed?.kind === 'failed' ? shown(failed.reason) : 'this installation answers',
    `Ask ${settings.ownOrigin}/auth/session from this machine: it has to lead to this installation, with its paths as they are, ` +
      'and without a redirect. If that is another address, `issuer` is wrong.',
  );
  if (posted.kind === 'failed' || first.kind === 'failed' || second.kind === 'failed') return [reachable];
  return [
    reachable,
    ...judgeWayIn(posted.answer, settings),
    ...judgeWayOut(first.response, first.answer.stamp, second.answer.stamp, settings),
  ];
}

async function checkPage(path: string, parts: SelfCheckParts): Promise<readonly SelfCheckFinding[]> {
  const { settings } = parts;
  let url = settings.ownOrigin + path;
  for (let redirects = 0; ; redirects += 1) {
    const head = await headOf(url, parts);
    if (typeof head === 'string') {
      return [
        finding(`page ${path}`, false, shown(head), `Nothing could be read of ${settings.ownOrigin}${path}.`),
      ];
    }
    const next = redirects < MAX_REDIRECTS ? redirectWithin(head, url, settings.ownOrigin) : undefined;
    if (next === undefined) return judgePage(path, head, settings);
    url = next;
  }
}

/** Where a page sends us to, if that is a page of ours: no other host is ever asked. */
function redirectWithin(head: HttpHead, from: string, ownOrigin: string): string | undefined {
  const location = head.status >= 300 && head.status < 400 ? head.header('location') : undefined;
  if (location === undefined || !URL.canParse(location, from)) return undefined;
  const url = new URL(location, from);
  return url.origin === ownOrigin ? url.href : undefined;
}

/** The beginning of the answer, or why there is none. */
async function headOf(url: string, { client, engine }: SelfCheckParts): Promise<HttpHead | string> {
  const stream = client.stream(url, { accept: 'text/html' });
  const stop = engine.context.scheduler.after(PAGE_TIMEOUT_MS, () => stream.cancel());
  try {
    return await stream.head;
  } catch (error) {
    return error instanceof Error ? error.message : 'the request failed';
  } finally {
    stop();
    stream.cancel();
  }
}
