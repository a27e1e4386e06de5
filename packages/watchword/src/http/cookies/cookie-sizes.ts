import type { EventSink } from '../../ports/event-sink.ts';
import { MAX_COOKIE_LENGTH } from './cookies.ts';
import type { Header } from '../neutral.ts';

/** From where on a cookie is near the limit: with a few more roles it is over. */
const NEAR_LENGTH = MAX_COOKIE_LENGTH * 0.75;

/** Tells of cookies that come near the limit; again only of one that is larger than all that it has told of. */
export function createCookieSizes(events: EventSink): (headers: readonly Header[]) => void {
  let largest = NEAR_LENGTH;
  return (headers) => {
    for (const [header, cookie] of headers) {
      const { length } = cookie;
      if (header !== 'set-cookie' || length <= largest) continue;
      largest = length;
      const name = cookie.slice(0, cookie.indexOf('='));
      events.record('cookie_near_limit', { name, length, limit: MAX_COOKIE_LENGTH });
    }
  };
}
