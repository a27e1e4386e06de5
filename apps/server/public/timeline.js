import { createMoment, nowMs } from './clock.js';
import { byId, element, shape } from './element.js';
import { drawLine, keyOf } from './family-line.js';
import { linkCode } from './problem.js';

const LONGEST = 60;

/**
 * Writes what happened to the time line, newest first, and reads its first sentence out. Where the family has changed, it
 * is drawn as it was then.
 */
export function createTimeline(family) {
  const list = byId('timeline');
  let drawn = keyOf([]);
  return function tell(entry) {
    byId('timeline-empty').hidden = true;
    const places = family.places();
    const hasChanged = keyOf(places) !== drawn;
    drawn = keyOf(places);
    list.prepend(draw(entry, hasChanged && places.length > 0 ? places : null));
    while (list.children.length > LONGEST) list.lastElementChild.remove();
    byId('announcer').textContent = `${entry.what} ${entry.todo ?? ''}`.replace(/\s+/g, ' ');
  };
}

function draw({ event, kind, what, means, todo, code }, places) {
  return element('li', { class: 'entry', 'data-event': event, 'data-kind': kind }, [
    shape(kind),
    element('div', {}, [
      element('p', { class: 'entry-what' }, what.replace(/\s+/g, ' ')),
      places === null ? null : drawLine(places),
      element('p', { class: 'entry-means' }, means.replace(/\s+/g, ' ')),
      todo === undefined ? null : element('p', { class: 'entry-todo' }, todo.replace(/\s+/g, ' ')),
      element('p', { class: 'soft' }, [
        createMoment(nowMs()),
        ...(code === undefined ? [] : [' · ', linkCode(code)]),
      ]),
    ]),
  ]);
}
