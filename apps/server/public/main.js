import { createAccessLife } from './access-life.js';
import { createChainView, drawEmblem } from './chain.js';
import { byId, onPress } from './element.js';
import { showFacts } from './facts.js';
import { createOtherSessions } from './other-sessions.js';
import { createOtherTabs } from './other-tabs.js';
import { createProblemNote } from './problem.js';
import { createProtectedRoute } from './protected-route.js';
import { createSession, nameOf } from './session.js';
import { createSignForms } from './sign-forms.js';
import { createTimeline } from './timeline.js';

const VIEWS = {
  loading: 'unknown-view',
  unknown: 'unknown-view',
  'signed-out': 'sign-view',
  'signed-in': 'session-view',
};
const TITLES = {
  'unknown-view': 'unknown-title',
  'sign-view': 'sign-title',
  'session-view': 'session-title',
};

/** The server writes down what a use has settled just after it has answered. */
const SETTLED_BY_MS = 200;

const tell = createTimeline();
const problem = createProblemNote();
const chain = createChainView();
const accessLife = createAccessLife();
const otherSessions = createOtherSessions({ tell, problem });
const otherTabs = createOtherTabs(() => session.lookAgain());
const session = createSession({ changed: show, tell, problem, otherTabs });
const forms = createSignForms({ enter: session.enter, problem });

let shown = { view: 'loading', sessionId: null };

drawEmblem(byId('emblem'));
onPress(byId('refresh'), 'Refreshing', session.refresh);
onPress(byId('sign-out'), 'Signing out', session.signOut);
createProtectedRoute({ isSignedIn: () => shown.view === 'signed-in', tell, answered: afterProtected });
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible' && shown.view === 'signed-in') void session.lookAgain();
});
void session.start();

/** A use of the access token may have settled its generation; a refusal may mean that the session has ended. */
async function afterProtected({ kind, problem: fault }) {
  if (shown.view !== 'signed-in' || kind === 'outage') return;
  if (kind === 'refused' && /^ERR_TOKEN_(EXPIRED|MISSING)$/.test(fault.code)) return;
  await new Promise((resolve) => setTimeout(resolve, kind === 'answer' ? SETTLED_BY_MS : 0));
  await session.lookAgain();
}

function show(state) {
  const { view, details, out } = state;
  const before = shown;
  shown = { view, sessionId: details?.session.id ?? null };
  document.body.dataset.view = view;
  showConnection(view, out);
  for (const id of Object.keys(TITLES)) byId(id).hidden = VIEWS[view] !== id;
  byId('intro').hidden = view !== 'signed-out';
  byId('session-details').hidden = view !== 'signed-in';
  if (view === 'unknown') showUnknown();
  if (details !== null) showSession(state, before);
  else clearSession();
  accessLife.show(state);
  if (VIEWS[before.view] !== VIEWS[view] && before.view !== 'loading') enter(view);
}

function showSession({ details }, before) {
  const name = nameOf(details);
  document.title = `${name} · Watchword`;
  byId('session-title').textContent = name;
  chain.show(details.chain, details.session.id);
  showFacts(details);
  if (before.sessionId !== details.session.id) {
    otherSessions.clear();
    void otherSessions.load();
  }
}

function clearSession() {
  document.title = 'Watchword';
  chain.clear();
  otherSessions.clear();
}

function showUnknown() {
  byId('unknown-title').textContent = 'Not known yet';
  byId('unknown-text').textContent =
    'Whether this browser holds a session, only the server can tell. It is asked again until it answers.';
}

function showConnection(view, out) {
  const state = out ? 'out' : view === 'loading' ? 'waiting' : 'good';
  byId('connection').dataset.state = state;
  byId('connection-word').textContent = {
    out: 'No answer from the server',
    waiting: 'Asking the server',
    good: 'The server answers',
  }[state];
}

/** Keyboard and screen reader follow to the view that has come up. */
function enter(view) {
  if (view === 'signed-out') forms.choose('sign-in');
  byId(TITLES[VIEWS[view]]).focus({ preventScroll: true });
  window.scrollTo({ top: 0 });
}
