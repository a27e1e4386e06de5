import { call } from './api.js';
import { byId, element, onPress, shape } from './element.js';
import { adviceFor, linkCode } from './problem.js';
import * as story from './story.js';

const PATH = '/me';
const KINDS = { answer: 'good', refused: 'bad', outage: 'warn' };

/** Calls a route that wants an access token, and shows what it said, signed in or not. */
export function createProtectedRoute({ isSignedIn, tell, answered }) {
  onPress(byId('call-protected'), 'Calling', async () => {
    const outcome = await call('GET', PATH);
    show(outcome);
    tell(story.protectedAnswered({ outcome, signedIn: isSignedIn() }));
    await answered(outcome);
  });
  return {
    /** Who asks is somebody else now: the last answer was not for them. */
    forget() {
      const answer = byId('protected-answer');
      const { status } = answer.dataset;
      // A refusal that told of the session's end still holds.
      if (status === undefined || (status === '401' && !isSignedIn())) return;
      delete answer.dataset.status;
      answer.replaceChildren(
        element('p', { class: 'soft' }, 'Not called since the session changed. Call it and compare.'),
      );
    },
  };
}

function show(outcome) {
  const kind = KINDS[outcome.kind];
  const answer = byId('protected-answer');
  answer.dataset.status = String(outcome.status);
  answer.replaceChildren(
    element('p', { class: 'answer-line', 'data-kind': kind }, [
      shape(kind),
      element('strong', {}, `${outcome.status || 'No answer'} ${wordFor(outcome)}`),
      element('span', { class: 'soft' }, `GET ${PATH}, ${outcome.tookMs} ms`),
    ]),
    outcome.kind === 'answer' ? json(outcome.body) : sentence(outcome.problem),
  );
}

function wordFor({ kind, problem }) {
  return kind === 'answer' ? 'Answered' : problem.title;
}

function json(body) {
  return element('pre', {}, JSON.stringify(body, null, 2));
}

function sentence(problem) {
  return element('div', {}, [
    element('p', {}, `${problem.detail} ${adviceFor(problem)}`.trim()),
    element('p', { class: 'soft' }, linkCode(problem.code)),
  ]);
}
