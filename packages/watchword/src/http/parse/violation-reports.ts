import { isJsonObject, type JsonObject, type JsonValue } from '../../domain/json.ts';
import type { ViolationReport } from '../../domain/violation-report.ts';
import type { NeutralRequest } from '../neutral.ts';
import { isOfType, readJsonValue, type Parsed } from './body.ts';

/** Browsers gather what happens in a minute, and send the policy along with each. */
const MOST_BYTES = 65_536;

const MOST_CHARACTERS = 300;
const MOST_URL_CHARACTERS = 4096;

/** Longer than a word that a person would write into an address: it may be a secret that somebody was sent. */
const MOST_SEGMENT_CHARACTERS = 40;

const HIGHEST_LINE = 0x7fff_ffff;

/**
 * Reads both forms in which browsers report: of `report-uri`, one in an object (CSP 3 §5.3), and of `report-to`, an array in which there may be
 * reports on other things too (Reporting API §3.2). Only what helps to find the place is kept; samples of code and addresses' queries may have secrets.
 */
export async function readViolationReports(
  request: NeutralRequest,
): Promise<Parsed<readonly ViolationReport[]>> {
  return isOfType(request, 'csp-report') ? readSingle(request) : readGathered(request);
}

async function readSingle(request: NeutralRequest): Promise<Parsed<readonly ViolationReport[]>> {
  const json = await readJsonValue(request, 'csp-report', MOST_BYTES);
  if (json.kind === 'refused') return json;
  const report = isJsonObject(json.value) ? json.value['csp-report'] : undefined;
  if (!isJsonObject(report)) return { kind: 'refused', code: 'ERR_BODY_INVALID' };
  return {
    kind: 'parsed',
    value: [
      {
        document: placeOf(report['document-uri']),
        directive: directiveOf(report['effective-directive'] ?? report['violated-directive']),
        blocked: placeOf(report['blocked-uri']),
        source: placeOf(report['source-file']),
        line: lineOf(report['line-number']),
        enforced: report['disposition'] !== 'report',
      },
    ],
  };
}

async function readGathered(request: NeutralRequest): Promise<Parsed<readonly ViolationReport[]>> {
  const json = await readJsonValue(request, 'reports+json', MOST_BYTES);
  if (json.kind === 'refused') return json;
  if (!Array.isArray(json.value)) return { kind: 'refused', code: 'ERR_BODY_INVALID' };
  const reports = (json.value as readonly JsonValue[]).filter(isJsonObject);
  const violations = reports.filter(({ type }) => type === 'csp-violation');
  return { kind: 'parsed', value: violations.map(({ body }) => violationOf(isJsonObject(body) ? body : {})) };
}

function violationOf(body: JsonObject): ViolationReport {
  return {
    document: placeOf(body['documentURL']),
    directive: directiveOf(body['effectiveDirective']),
    blocked: placeOf(body['blockedURL']),
    source: placeOf(body['sourceFile']),
    line: lineOf(body['lineNumber']),
    enforced: body['disposition'] !== 'report',
  };
}

/** CSP 2 had its sources behind the name. */
function directiveOf(value: JsonValue | undefined): string {
  const name = typeof value === 'string' ? /^[a-z][a-z-]{1,39}(?=$| )/.exec(value)?.[0] : undefined;
  return name ?? 'unknown';
}

/** Where something is, and no more of it; a word such as `inline` as it is; `''` for what is neither. */
function placeOf(value: JsonValue | undefined): string {
  if (typeof value !== 'string' || value.length > MOST_URL_CHARACTERS) return '';
  if (/^[a-z][a-z-]{1,29}$/.test(value)) return value;
  if (!URL.canParse(value)) return '';
  const { protocol, host, pathname } = new URL(value);
  if (!/^(?:https?|wss?):$/.test(protocol)) return protocol.slice(0, MOST_SEGMENT_CHARACTERS);
  const path = pathname
    .split('/')
    .map((segment) => (segment.length > MOST_SEGMENT_CHARACTERS ? '…' : segment))
    .join('/');
  return `${protocol}//${host}${path}`.slice(0, MOST_CHARACTERS);
}

function lineOf(value: JsonValue | undefined): number {
  return Number.isInteger(value) && Number(value) > 0 && Number(value) <= HIGHEST_LINE ? Number(value) : 0;
}
