import type { HttpHead } from '../../ports/http-client.ts';
import type { HttpSettings } from '../settings.ts';
import { finding, shown, type SelfCheckFinding } from './report.ts';

type Rule = readonly [header: string, isGood: (value: string) => boolean, expected: string];

const YEAR_SECONDS = 31_536_000;

const RULES: readonly Rule[] = [
  [
    'content-security-policy',
    (value) =>
      /(?:^|;)\s*frame-ancestors\s/i.test(value) && /(?:^|;)\s*(?:default|script)-src\s/i.test(value),
    'a policy with `default-src` or `script-src`, and `frame-ancestors`',
  ],
  ['x-content-type-options', (value) => value.trim().toLowerCase() === 'nosniff', '`nosniff`'],
  [
    'referrer-policy',
    (value) => value !== '' && !/unsafe-url|no-referrer-when-downgrade/i.test(value),
    'one that tells other sites no paths, such as `same-origin`',
  ],
  ['cross-origin-opener-policy', (value) => /^same-origin/i.test(value.trim()), '`same-origin`'],
  ['cross-origin-resource-policy', (value) => /^same-(?:origin|site)/i.test(value.trim()), '`same-origin`'],
  ['permissions-policy', (value) => value.trim() !== '', 'a list of what pages may not use'],
];

const HSTS: Rule = [
  'strict-transport-security',
  (value) => Number(/max-age="?(\d+)/i.exec(value)?.[1] ?? 0) >= YEAR_SECONDS,
  '`max-age` of a year at least',
];

/** Whether the headers that protect a page are there when it has come through everything in front of us. */
export function judgePage(
  path: string,
  head: HttpHead,
  { https }: HttpSettings,
): readonly SelfCheckFinding[] {
  return (https ? [...RULES, HSTS] : RULES).map(([header, isGood, expected]) => {
    const value = head.header(header);
    return finding(
      `page ${path} ${header}`,
      value !== undefined && isGood(value),
      shown(value),
      `Pages should carry ${header}: ${expected}. The preset of \`watchword/headers\` sets it; where it is set, a proxy drops it.`,
    );
  });
}
