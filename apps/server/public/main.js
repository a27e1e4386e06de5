import { createAccessLife } from './access-life.js';
import { createActs } from './acts.js';
import { createChainView } from './chain.js';
import { byId, onPress } from './element.js';
import { showFacts } from './facts.js';
import { isFall, showFallen } from './fallen.js';
import { drawEmblem } from './family-line.js';
import { createFamily } from './family.js';
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

/** How often a page that is seen asks whether its session still is. */
const GLANCE_MS = 5_000;

/** The server writes down what a use has settled just after it has answered. */
const SETTLED_BY_MS = 200;

const family = createFamily();
const tell = createTimeline(family);
const problem = createProblemNote();
const chain = createChainView(family);
const accessLife = createAccessLife();
const otherSessions = createOtherSessions({ tell, problem });
const otherTabs = createOtherTabs({
  onChange: () => session.lookAgain(),
  onEnding(ending) {
    if (isFall(ending.fall)) session.explain(ending);
  },
});
const session = createSession({ changed: show, tell, problem, otherTabs, family });
const acts = createActs({ family, session, otherTabs, accessEndsMs: () => shown.accessEndsMs });
const forms = createSignForms({ enter: session.enter, problem });

let shown = { view: 'loading', sessionId: null, accessEndsMs: null };

drawEmblem(byId('emblem'));
onPress(byId('refresh'), 'Refreshing', () => session.refresh());
onPress(byId('sign-out'), 'Signing out', session.signOut);
const protectedRoute = createProtectedRoute({
  isSignedIn: () => shown.view === 'signed-in',
  tell,
  answered: afterProtected,
});
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible' && shown.view === 'signed-in') void session.lookAgain();
});
setInterval(() => {
  if (document.visibilityState === 'visible') void session.glance();
}, GLANCE_MS);
void session.start();

/** A use of the access token may have settled its generation; a refusal may mean that the session has ended. */
async function afterProtected({ kind, problem: fault }) {
  if (shown.view !== 'signed-in' || kind === 'outage') return;
  if (kind === 'refused' && /^ERR_TOKEN_(EXPIRED|MISSING)$/.test(fault.code)) return;
  await new Promise((resolve) => setTimeout(resolve, kind === 'answer' ? SETTLED_BY_MS : 0));
  await session.lookAgain();
}

function show(state) {
  const { view, details, out, over, accessEndsMs } = state;
  const before = shown;
  shown = { view, sessionId: details?.session.id ?? null, accessEndsMs };
  document.body.dataset.view = view;
  showConnection(view, out);
  for (const id of Object.keys(TITLES)) byId(id).hidden = VIEWS[view] !== id;
  byId('intro').hidden = view !== 'signed-out' || over !== null;
  showFallen(view === 'signed-out' ? over : null);
  byId('session-details').hidden = view !== 'signed-in';
  if (view === 'unknown') showUnknown();
  if (details !== null) showSession(state, before);
  else clearSession();
  accessLife.show(state);
  acts.show();
  if (before.view !== 'loading' && before.sessionId !== shown.sessionId) protectedRoute.forget();
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
    acts.clear();
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
  const title = byId('fallen').hidden ? TITLES[VIEWS[view]] : 'fallen-title';
  byId(title).focus({ preventScroll: true });
  window.scrollTo({ top: 0 });
}
