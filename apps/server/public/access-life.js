import { clockTimeOf, everySecond, nowMs, setText, spanOf } from './clock.js';
import { byId } from './element.js';

/** The life that tokens have unless the server is set up otherwise; used until a refresh has told the real one. */
const USUAL_LIFE_MS = 900_000;

/** Counts the access token's remaining life. */
export function createAccessLife() {
  let life = null;
  everySecond(() => life !== null && count(life));
  return {
    show({ accessEndsMs, accessLifeMs, out }) {
      life = accessEndsMs === null ? null : { endsMs: accessEndsMs, wholeMs: accessLifeMs, out };
      if (life !== null) count(life);
    },
  };
}

function count({ endsMs, wholeMs, out }) {
  const restMs = Math.max(0, endsMs - nowMs());
  const bar = byId('access-life');
  bar.max = Math.max(wholeMs ?? USUAL_LIFE_MS, restMs, 1);
  bar.value = restMs;
  setText(byId('access-remaining'), restMs > 0 ? spanOf(restMs) : 'run out');
  const whole = wholeMs === null ? '' : ` of ${spanOf(wholeMs)}`;
  const until = `left${whole}, until ${clockTimeOf(endsMs)}. It is renewed by itself shortly before.`;
  const gone = out
    ? 'It is renewed as soon as the server answers; you stay signed in.'
    : 'Refresh: the refresh token brings a new one.';
  setText(byId('access-word'), restMs > 0 ? until : gone);
}
