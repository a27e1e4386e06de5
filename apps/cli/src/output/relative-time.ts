const UNITS = [
  { name: 'd', ms: 86_400_000 },
  { name: 'h', ms: 3_600_000 },
  { name: 'min', ms: 60_000 },
  { name: 's', ms: 1000 },
] as const;

/** "3 h ago", "in 12 min", "now". A text that is no time comes back as it is. */
export function relativeTime(time: string | number | null | undefined, nowMs = Date.now()): string {
  if (time === null || time === undefined) return '';
  const timeMs = typeof time === 'number' ? time : Date.parse(time);
  if (!Number.isFinite(timeMs)) return String(time);
  const aheadMs = timeMs - nowMs;
  const unit = UNITS.find(({ ms }) => Math.abs(aheadMs) >= ms);
  if (unit === undefined) return 'now';
  // Down for what is over, and down for what is left: neither is more than it says.
  const span = `${Math.floor(Math.abs(aheadMs) / unit.ms)} ${unit.name}`;
  return aheadMs < 0 ? `${span} ago` : `in ${span}`;
}
