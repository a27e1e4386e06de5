import { call } from './api.js';
import { createMoment } from './clock.js';
import { clientName } from './client-name.js';
import { byId, element, onPress } from './element.js';
import { deliveryWord } from './facts.js';
import * as story from './story.js';

/** So many are shown at first. */
const FIRST = 4;

/** The user's sessions elsewhere, each with a button that ends it. */
export function createOtherSessions({ tell, problem }) {
  const place = byId('other-sessions');
  let isWhole = false;
  let asked = 0;

  async function load() {
    asked += 1;
    const question = asked;
    if (place.childElementCount === 0)
      place.replaceChildren(element('p', { class: 'soft' }, 'Asking the server.'));
    const outcome = await call('GET', '/auth/sessions');
    if (question !== asked) return;
    if (outcome.kind === 'answer') show(outcome.body.sessions.filter((session) => !session.current));
    else showFault(outcome.problem);
  }

  function show(sessions) {
    place.dataset.count = String(sessions.length);
    const again = button('Look again', { 'data-size': 'small' }, 'Looking', load);
    if (sessions.length === 0) {
      const text = 'None. Sign in from a private window or another device, and it is listed here.';
      place.replaceChildren(element('p', {}, text), element('div', { class: 'row' }, again));
      return;
    }
    const shown = isWhole ? sessions : sessions.slice(0, FIRST);
    place.replaceChildren(
      element('ul', { class: 'others' }, shown.map(drawSession)),
      ...(shown.length < sessions.length ? [showAll(sessions)] : []),
      element('p', { class: 'soft' }, 'Ending cannot be undone: who uses that session has to sign in again.'),
      element('div', { class: 'row' }, [sessions.length > 1 ? endAll(sessions.length) : null, again]),
    );
  }

  function showAll(sessions) {
    return button(`Show all ${sessions.length}`, { 'data-size': 'small' }, 'Showing', () => {
      isWhole = true;
      show(sessions);
      place.querySelector('.others').children[FIRST].querySelector('button').focus();
    });
  }

  function drawSession(session) {
    const end = button('End', { 'data-size': 'small', 'data-kind': 'danger' }, 'Ending', () =>
      endOne(session.id),
    );
    const name = clientName(session);
    end.setAttribute('aria-label', `End the session of ${name}, ${session.id}`);
    return element('li', { 'data-session': session.id }, [
      element('div', { class: 'other-name' }, [
        element('p', {}, [element('strong', {}, name), ' ', chip(session.client_id)]),
        element('p', {}, element('code', {}, session.id)),
        element('dl', { class: 'other-facts' }, [
          fact('Started', createMoment(session.started_at)),
          fact('Last used', createMoment(session.last_refreshed_at)),
          ...(session.address_prefix === null ? [] : [fact('From', session.address_prefix)]),
          fact('Delivery', deliveryWord(session.delivery)),
        ]),
      ]),
      end,
    ]);
  }

  function endAll(count) {
    return button(
      `End ${count} other sessions`,
      { 'data-kind': 'danger', id: 'end-others' },
      'Ending',
      async () => {
        const outcome = await call('DELETE', '/auth/sessions');
        await after(outcome, outcome.kind === 'answer' ? outcome.body.ended : 0);
      },
    );
  }

  async function endOne(id) {
    await after(await call('DELETE', `/auth/sessions/${encodeURIComponent(id)}`), 1);
  }

  async function after(outcome, count) {
    if (outcome.kind === 'answer') {
      problem.clear();
      tell(story.othersEnded({ count }));
    } else {
      problem.refused(outcome.problem);
      tell(story.refused({ problem: outcome.problem, doing: 'Not ended' }));
    }
    await load();
    byId('others-title').focus();
  }

  function showFault(fault) {
    place.replaceChildren(
      element('p', {}, `The list could not be had. ${fault.title}: ${fault.detail}`),
      element('div', { class: 'row' }, button('Try again', { 'data-size': 'small' }, 'Trying', load)),
    );
  }

  return {
    load,
    clear() {
      asked += 1;
      isWhole = false;
      place.replaceChildren();
    },
  };
}

function fact(name, value) {
  return element('div', {}, [element('dt', {}, name), element('dd', {}, value)]);
}

function chip(text) {
  return element('span', { class: 'chip' }, text);
}

function button(label, attributes, busyLabel, work) {
  const made = element('button', { type: 'button', class: 'button', ...attributes }, label);
  onPress(made, busyLabel, work);
  return made;
}
