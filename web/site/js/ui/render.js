// Blocks of an answer (richtext.js) as elements. A growing answer only rebuilds what changed.

import { parseBlocks } from '../chat/richtext.js';
import { copyButton, el } from './el.js';

/** Characters that reorder text: in code they can make it read as something it is not. */
const BIDI = /[\u202A-\u202E\u2066-\u2069]/g;

/** Shows a text inside `place` and keeps it up to date cheaply. */
export class RichText {
  #place;
  #keys = [];

  constructor(place) {
    this.#place = place;
  }

  show(text) {
    const blocks = parseBlocks(text);
    const keys = blocks.map((block) => JSON.stringify(block));
    let same = 0;
    while (same < keys.length && keys[same] === this.#keys[same]) {
      same += 1;
    }
    while (this.#place.childElementCount > same) {
      this.#place.lastElementChild.remove();
    }
    this.#place.append(...blocks.slice(same).map(element));
    this.#keys = keys;
  }
}

function element(block) {
  switch (block.type) {
    case 'code':
      return codeElement(block);
    case 'heading':
      return el('h3', {}, ...block.inlines.map(inline));
    case 'list':
      return el(
        block.isOrdered ? 'ol' : 'ul',
        { start: block.isOrdered && block.first !== 1 ? block.first : null },
        ...block.items.map((item) => el('li', {}, ...item.map(inline))),
      );
    default:
      return el('p', {}, ...block.inlines.map(inline));
  }
}

function codeElement({ language, text, isOpen }) {
  const clean = text.replace(BIDI, '');
  return el(
    'div',
    { class: 'code' },
    el(
      'header',
      {},
      el('span', {}, language || 'text'),
      isOpen ? el('span') : copyButton('Copy', () => clean),
    ),
    el(
      'pre',
      { tabindex: 0, role: 'region', 'aria-label': `Code, ${language || 'text'}` },
      el('code', {}, clean),
    ),
  );
}

function inline({ style, text }) {
  return style === '' ? text : el(style, {}, text);
}
