import { byId, whileBusy } from './element.js';

const FORMS = {
  'sign-in': {
    path: '/auth/sign-in',
    busy: 'Signing in',
    email: 'email',
    password: 'password',
    remember: 'remember',
  },
  'sign-up': {
    path: '/auth/sign-up',
    busy: 'Signing up',
    email: 'new-email',
    password: 'new-password',
    remember: 'new-remember',
  },
};

/** The two forms behind their tabs. `enter(path, credentials)` gives the outcome unless it worked. */
export function createSignForms({ enter, problem }) {
  const names = Object.keys(FORMS);

  function choose(chosen) {
    for (const name of names) {
      const isChosen = name === chosen;
      const tab = byId(`tab-${name}`);
      tab.setAttribute('aria-selected', String(isChosen));
      tab.tabIndex = isChosen ? 0 : -1;
      byId(`panel-${name}`).hidden = !isChosen;
    }
  }

  /** The address moves along; a password never does. */
  function change(to) {
    const from = names.find((name) => name !== to);
    const typed = byId(FORMS[from].email).value;
    if (typed !== '') byId(FORMS[to].email).value = typed;
    for (const name of names) clearFaults(FORMS[name]);
    problem.clear();
    choose(to);
  }

  for (const name of names) {
    const tab = byId(`tab-${name}`);
    tab.addEventListener('click', () => change(name));
    tab.addEventListener('keydown', (event) => {
      const to = { ArrowLeft: names[0], Home: names[0], ArrowRight: names[1], End: names[1] }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      change(to);
      byId(`tab-${to}`).focus();
    });
    byId(`${name}-form`).addEventListener('submit', (event) => {
      event.preventDefault();
      void whileBusy(byId(name), FORMS[name].busy, () => submit(name));
    });
  }

  async function submit(name) {
    const { path, email, password, remember } = FORMS[name];
    clearFaults(FORMS[name]);
    if (!checkFilled(FORMS[name])) return;
    const outcome = await enter(path, {
      email: byId(email).value.trim(),
      password: byId(password).value,
      remember: byId(remember).checked,
    });
    if (outcome === null) {
      for (const form of names) byId(`${form}-form`).reset();
      hidePasswords();
      return;
    }
    if (outcome.kind === 'outage') {
      const retry = () => byId(`${name}-form`).requestSubmit();
      problem.outage(outcome.problem, { holdsSession: false, retryAt: null, retry });
      return;
    }
    problem.refused(outcome.problem, actionFor(outcome.problem));
    markFaults(FORMS[name], outcome.problem);
  }

  function actionFor({ code }) {
    if (code !== 'ERR_EMAIL_TAKEN') return undefined;
    const work = () => {
      change('sign-in');
      byId('password').focus();
    };
    return { label: 'Sign in instead', work };
  }

  for (const button of document.querySelectorAll('.reveal')) {
    button.addEventListener('click', () => reveal(button, button.getAttribute('aria-pressed') !== 'true'));
  }

  choose(names[0]);
  return { choose };
}

function checkFilled({ email, password }) {
  const faults = [];
  if (byId(email).value.trim() === '') faults.push([email, 'Enter your e-mail address.']);
  if (byId(password).value === '') faults.push([password, 'Enter a password.']);
  showFaults(faults);
  return faults.length === 0;
}

function markFaults(form, { code, title, errors }) {
  const faults = errors
    .filter(({ member }) => member === 'email' || member === 'password')
    .map(({ member, problem }) => [form[member], typeof problem === 'string' ? problem : title]);
  if (faults.length === 0 && /^ERR_EMAIL_/.test(code)) faults.push([form.email, title]);
  if (faults.length === 0 && /^ERR_PASSWORD_/.test(code)) faults.push([form.password, title]);
  showFaults(faults);
}

function showFaults(faults) {
  for (const [id, text] of faults) {
    const input = byId(id);
    input.setAttribute('aria-invalid', 'true');
    input.setAttribute('aria-describedby', [`${id}-fault`, hintOf(id)].filter(Boolean).join(' '));
    const fault = byId(`${id}-fault`);
    fault.textContent = text;
    fault.hidden = false;
  }
  if (faults.length > 0) byId(faults[0][0]).focus();
}

function clearFaults({ email, password }) {
  for (const id of [email, password]) {
    const input = byId(id);
    input.removeAttribute('aria-invalid');
    if (hintOf(id)) input.setAttribute('aria-describedby', hintOf(id));
    else input.removeAttribute('aria-describedby');
    byId(`${id}-fault`).hidden = true;
  }
}

function hintOf(id) {
  return byId(`${id}-hint`)?.id;
}

function reveal(button, isShown) {
  button.setAttribute('aria-pressed', String(isShown));
  button.textContent = isShown ? 'Hide' : 'Show';
  button.parentElement.querySelector('input').type = isShown ? 'text' : 'password';
}

function hidePasswords() {
  for (const button of document.querySelectorAll('.reveal')) reveal(button, false);
}
