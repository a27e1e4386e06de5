import { createMoment } from './clock.js';
import { byId, element } from './element.js';

/** The session in plain figures. What the server has not told yet is left out. */
export function showFacts(details) {
  const { session, scope, user } = details;
  const rows = [
    ['Address', user?.email],
    ['Subject', mono(details.subject)],
    ['Session', mono(details.session_id)],
    ['Client', mono(details.client_id)],
    ['Delivery', session.delivery === undefined ? undefined : deliveryWord(session.delivery)],
    ['Kept', keptWord(session.remembered)],
    ['Scope', Array.isArray(scope) ? scope.join(' ') || 'none' : undefined],
    ['Started', moment(session.started_at)],
    ['Last rotated', moment(session.last_refreshed_at)],
    ['Ends if unused', moment(session.idle_expires_at)],
    ['Ends in any case', moment(session.expires_at)],
  ];
  const told = rows.filter(([, value]) => value !== undefined && value !== '');
  // What has not changed keeps its place under the pointer and the focus.
  const key = JSON.stringify([details.session, details.subject, scope, user]);
  if (byId('facts').dataset.key === key) return;
  byId('facts').dataset.key = key;
  byId('facts').replaceChildren(
    ...told.map(([name, value]) => element('div', {}, [element('dt', {}, name), element('dd', {}, value)])),
  );
}

export function deliveryWord(delivery) {
  return delivery === 'cookie' ? 'cookie (no script reads it)' : 'body (its client holds the tokens)';
}

function keptWord(remembered) {
  if (remembered === undefined) return undefined;
  return remembered ? 'until it expires' : 'until the browser is closed';
}

function mono(text) {
  return text ? element('code', {}, text) : undefined;
}

function moment(time) {
  return time === undefined ? undefined : createMoment(time);
}
