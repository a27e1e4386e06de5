import { byId, element, shape } from './element.js';
import { drawFamily } from './family-line.js';
import { linkCode } from './problem.js';

const HOW = {
  reused: ({ reused }) => ({
    title: 'The family has died',
    what: `Generation ${reused} came back twice.`,
    means: `So two parties held this session. Nobody can tell which is the thief: it ended for both, and both get the same
      answer from now on.`,
    todo: 'Sign in again. That starts a family which the thief has never seen.',
  }),
  revoked_all: () => ({
    title: 'Everything was revoked',
    means: `Every session of everybody on this server has ended. Its access tokens did not have to run out: each check
      looks into memory, and knows.`,
    todo: 'Sign in again. Other tabs and devices have to, too.',
  }),
  signed_out: () => ({
    title: 'You signed out in another tab',
    means: 'Cookies belong to the browser, not to a tab, and the session has ended on the server.',
    todo: 'Sign in again if you want to go on.',
  }),
  unknown: () => ({
    title: 'This session is over',
    means: `It was ended elsewhere, it expired, or an older generation came back. The answer is the same for all three,
      so that a thief learns nothing.`,
    todo: 'Sign in again.',
  }),
};

/** Shows how the session ended that was here, and its family as it was in the end. */
export function showFallen(over) {
  byId('fallen').hidden = over === null;
  if (over === null) return;
  const { title, what = '', means, todo } = HOW[over.fall?.reason ?? 'unknown'](over.fall);
  byId('fallen').dataset.reason = over.fall?.reason ?? 'unknown';
  byId('fallen-title').textContent = title;
  byId('fallen-what').textContent = what;
  byId('fallen-what').hidden = what === '';
  byId('fallen-means').textContent = means.replace(/\s+/g, ' ');
  byId('fallen-todo').textContent = todo;
  showTwice(over.fall);
  byId('fallen-code').replaceChildren('Answered with ', linkCode(over.code));
  byId('fallen-strip').hidden = over.places.length === 0;
  drawFamily(byId('fallen-tablets'), over.places, null);
  byId('fallen-strip').scrollLeft = byId('fallen-strip').scrollWidth;
}

/** Which tablet came back twice, and what each time came of it. */
function showTwice(fall) {
  const reused = fall?.reused;
  byId('fallen-twice').hidden = reused === undefined;
  if (reused === undefined) return;
  const times = [
    ['seal', `${reused} came back from your browser.`, `It was given ${reused + 1}, and used it.`],
    ['bad', `${reused} came back from somebody else.`, 'Your browser had no reason left to show it.'],
  ];
  byId('fallen-twice').replaceChildren(
    ...times.map(([kind, what, means]) =>
      element('li', { 'data-kind': kind }, [
        shape(kind),
        element('p', {}, [element('strong', {}, what), ` ${means}`]),
      ]),
    ),
  );
}

/** Whether what another tab says is an ending that this page knows. */
export function isFall(fall) {
  return typeof fall === 'object' && fall !== null && Object.hasOwn(HOW, fall.reason);
}
