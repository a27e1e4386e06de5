/** How many tablets before the present one are drawn one by one. */
const DRAWN = 4;

/**
 * One place in the drawn family: a tablet, or the ones between two that are drawn.
 *
 * @typedef {{ kind: 'tablet', generation: number, state: TabletState, copied: boolean }
 *   | { kind: 'pile', from: number, to: number }} Place
 * @typedef {'returned' | 'held' | 'delivered' | 'settled' | 'late' | 'resent' | 'lost' | 'taken' | 'reused' | 'ended'
 *   | 'next'} TabletState
 * @typedef {{ reason: 'reused' | 'revoked_all' | 'signed_out', reused?: number }} Fall
 */

/**
 * What this page knows of its session's family: the chain as the server told it, and what the acts did to it.
 */
export function createFamily() {
  let family = null;

  return {
    follow({ session, chain }) {
      if (family?.sessionId !== session.id) family = unscathed(session.id);
      family.chain = chain;
      // What was away is behind; the newest is in this browser.
      if (family.away !== null && family.away.generation !== chain.generation) family.away = null;
    },
    /** The newest generation is not in this browser: its answer was lost, or a thief has it. */
    away(generation, how) {
      family.away = { generation, how };
      family.chain = { ...family.chain, generation, settled: false, late: 0 };
    },
    /** This browser has been given the newest. Says whether it had been away. */
    arrived(generation) {
      const wasAway = family?.away?.generation === generation;
      if (wasAway) {
        family.away = null;
        family.resent = generation;
      }
      return wasAway;
    },
    copied(generation) {
      family.copied = generation;
    },
    fall(fall) {
      if (family !== null) family.fall = fall;
    },
    /** What other tabs of the browser may be told. */
    ending: () => (family === null ? null : { sessionId: family.sessionId, fall: family.fall }),
    get holds() {
      return family;
    },
    forget() {
      family = null;
    },
    /** @returns {Place[]} */
    places: () => (family === null || family.chain === null ? [] : placesOf(family)),
  };
}

function unscathed(sessionId) {
  return { sessionId, chain: null, away: null, resent: null, copied: null, fall: null };
}

function placesOf(family) {
  const { generation } = family.chain;
  const last = family.fall === null ? generation + 1 : generation;
  const shown = new Set([family.copied, family.fall?.reused]);
  for (let number = generation - DRAWN; number <= last; number += 1) shown.add(number);
  const places = [];
  let drawnTo = 0;
  for (const number of [...shown].filter((one) => one >= 1).sort((one, other) => one - other)) {
    if (number > drawnTo + 1) places.push({ kind: 'pile', from: drawnTo + 1, to: number - 1 });
    const copied = number === family.copied;
    places.push({ kind: 'tablet', generation: number, state: stateOf(number, family), copied });
    drawnTo = number;
  }
  return places;
}

function stateOf(number, { chain, away, resent, fall }) {
  if (number > chain.generation) return 'next';
  if (fall !== null && number === fall.reused) return 'reused';
  if (number < chain.generation)
    return away !== null && fall === null && number === chain.generation - 1 ? 'held' : 'returned';
  if (fall !== null) return 'ended';
  if (away !== null) return away.how;
  if (chain.settled) return 'settled';
  if (chain.late > 0) return 'late';
  return resent === number ? 'resent' : 'delivered';
}
