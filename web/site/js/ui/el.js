// Building the page: elements, attributes, text. Text is always set as text; nothing in this site
// ever turns a string into markup.

import { satsText } from '../wallet/amounts.js';

/**
 * A new element. `props` are attributes, except `on: {event: listener}` and `data: {name: value}`;
 * an attribute that is true is set empty, one that is false, null or undefined is left out.
 * Children are elements or texts.
 */
export function el(tag, props = {}, ...children) {
  const { on = {}, data = {}, ...attributes } = props;
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, value === true ? '' : String(value));
    }
  }
  for (const [name, listener] of Object.entries(on)) {
    element.addEventListener(name, listener);
  }
  for (const [name, value] of Object.entries(data)) {
    element.dataset[name] = String(value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** The element with this id; it is a mistake in the page if there is none. */
export function byId(id) {
  const element = document.getElementById(id);
  if (element === null) {
    throw new Error(`index.html has no element #${id}`);
  }
  return element;
}

/** An amount in tabular figures. */
export function num(text) {
  return el('b', { class: 'num' }, text);
}

/** An amount of millisats in sats: the figure in tabular figures, the unit as text. */
export function sats(msat) {
  const [figure, unit] = satsText(msat).split(' ');
  return [num(figure), ` ${unit}`];
}

/** A button that copies a text and says so for a moment. */
export function copyButton(label, textOf) {
  const button = el('button', { type: 'button', class: 'btn' }, label);
  button.addEventListener('click', async () => {
    const isCopied = await copy(textOf());
    button.textContent = isCopied ? 'Copied' : 'Select the text and copy it';
    setTimeout(() => (button.textContent = label), COPIED_MILLIS);
  });
  return button;
}

const COPIED_MILLIS = 1_600;

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
