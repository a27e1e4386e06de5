const SVG = 'http://www.w3.org/2000/svg';

/** Text goes in as text nodes alone: nothing that a server or a user wrote is ever parsed as HTML. */
export function element(name, attributes = {}, children = []) {
  return fill(document.createElement(name), attributes, children);
}

export function svg(name, attributes = {}, children = []) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

function fill(node, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) node.setAttribute(key, value);
  }
  node.append(...[children].flat().filter((child) => child !== null));
  return node;
}

export function byId(id) {
  return document.getElementById(id);
}

const SHAPES = {
  good: 'M2 8.5l4 4 8-9',
  info: 'M8 3a5 5 0 1 1 0 10A5 5 0 0 1 8 3z',
  seal: 'M3 1.5h7l1.5 2.5L13 1.5v13H3z',
  warn: 'M8 2l6.5 12h-13zM8 6.5v3.5',
  bad: 'M3 3l10 10M13 3L3 13',
  copy: 'M2 5h8v9H2zM5.5 5V2H14v9h-4',
};

/** The shape that stands beside each colour. */
export function shape(kind) {
  const frame = { class: 'shape', viewBox: '0 0 16 16', 'aria-hidden': 'true' };
  return svg('svg', frame, svg('path', { d: SHAPES[kind] }));
}

/** Runs the work of a button, which keeps its focus and ignores further presses meanwhile. */
export function onPress(button, busyLabel, work) {
  button.addEventListener('click', () => whileBusy(button, busyLabel, work));
}

export async function whileBusy(button, busyLabel, work) {
  if (button.getAttribute('aria-disabled') === 'true') return;
  const label = button.textContent;
  button.setAttribute('aria-disabled', 'true');
  button.textContent = busyLabel;
  try {
    await work();
  } finally {
    button.removeAttribute('aria-disabled');
    button.textContent = label;
  }
}
