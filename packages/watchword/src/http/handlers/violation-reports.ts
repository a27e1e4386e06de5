import type { Handler } from '../handler.ts';
import { readViolationReports } from '../parse/violation-reports.ts';
import { problem } from '../problem.ts';
import { respondEmpty } from '../respond.ts';

/**
 * `POST /auth/reports`. Browsers send what the policy of a page kept from happening, and ask nobody who they are: neither are they asked. In a
 * flood nothing is read.
 */
export const violationReports: Handler = async (request, { engine: { pageReports } }) => {
  if (pageReports.dropUnread()) return respondEmpty();
  const reports = await readViolationReports(request);
  if (reports.kind === 'refused') return problem(reports.code);
  pageReports.record(reports.value);
  return respondEmpty();
};
