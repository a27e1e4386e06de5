import type { Kind, Told } from './children/relentless-client.ts';

/** What has to have become of a session, from what its client was told. */
export type Fate = 'live' | 'dead' | 'either';

export interface KnownSession {
  readonly id: string;
  readonly fate: Fate;
  /** The newest tokens that its client was given. */
  readonly generation: number;
  readonly refreshToken: string;
  readonly accessToken: string;
}

export interface KnownRevocation {
  readonly kind: Kind;
  readonly id: string;
  readonly begun: number;
  /** Infinite where it was not acknowledged. */
  readonly acknowledged: number;
}

/** The sessions that were acknowledged, and what an honest store may have made of them. `told` is in order of time. */
export function knownSessions(told: readonly Told[]): KnownSession[] {
  const revocations = knownRevocations(told);
  const calls = new Map<string, { starting: number; started: number }>();
  const sessions = new Map<string, KnownSession>();
  for (const [index, one] of told.entries()) {
    if (one.what === 'starting') calls.set(one.call, { starting: index, started: Number.POSITIVE_INFINITY });
    if (one.what !== 'started' && one.what !== 'rotated') continue;
    const call = calls.get(one.call) ?? { starting: index, started: index };
    if (one.what === 'started') call.started = index;
    const fate = fateOf(one, call, revocations);
    const { session: id, generation, refreshToken, accessToken } = one;
    sessions.set(id, { id, fate, generation, refreshToken, accessToken });
  }
  return [...sessions.values()];
}

export function knownRevocations(told: readonly Told[]): KnownRevocation[] {
  const revocations = new Map<string, KnownRevocation>();
  for (const [index, one] of told.entries()) {
    if (one.what !== 'revoking' && one.what !== 'revoked') continue;
    const { kind, id, call } = one;
    const begun = revocations.get(call)?.begun ?? index;
    const acknowledged = one.what === 'revoked' ? index : Number.POSITIVE_INFINITY;
    revocations.set(call, { kind, id, begun, acknowledged });
  }
  return [...revocations.values()];
}

function fateOf(
  { session, subject }: { readonly session: string; readonly subject: string },
  { starting, started }: { readonly starting: number; readonly started: number },
  revocations: readonly KnownRevocation[],
): Fate {
  const covering = revocations.filter(
    ({ kind, id, acknowledged }) =>
      (kind === 'all' || (kind === 'session' && id === session) || (kind === 'subject' && id === subject)) &&
      acknowledged > starting,
  );
  if (covering.length === 0) return 'live';
  const isSure = ({ begun, acknowledged }: KnownRevocation): boolean =>
    begun > started && Number.isFinite(acknowledged);
  return covering.some(isSure) ? 'dead' : 'either';
}
