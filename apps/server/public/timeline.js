import { createMoment, nowMs } from './clock.js';
import { byId, element, shape } from './element.js';

const LONGEST = 60;

/** Writes what happened to the time line, newest first, and reads its first sentence out. */
export function createTimeline() {
  const list = byId('timeline');
  return function tell(entry) {
    byId('timeline-empty').hidden = true;
    list.prepend(draw(entry));
    while (list.children.length > LONGEST) list.lastElementChild.remove();
    byId('announcer').textContent = `${entry.what} ${entry.todo ?? ''}`;
  };
}

function draw({ event, kind, what, means, todo }) {
  return element('li', { class: 'entry', 'data-event': event, 'data-kind': kind }, [
    shape(kind),
    element('div', {}, [
      element('p', { class: 'entry-what' }, what),
      element('p', { class: 'entry-means' }, means.replace(/\s+/g, ' ')),
      todo === undefined ? null : element('p', { class: 'entry-todo' }, todo),
      element('p', { class: 'soft' }, createMoment(nowMs())),
    ]),
  ]);
}
