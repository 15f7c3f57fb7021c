// The conversation on the page: what was asked, what was answered, what it cost.

import { byId, el, num, sats } from './el.js';
import { RichText } from './render.js';

/** Closer to the end than this, and the view follows a growing answer. */
const FOLLOW_PIXELS = 80;

/** Shows one chat. */
export class ThreadView {
  #scroll = byId('scroll');
  #place = byId('messages');
  #growing = null;

  /** Shows all messages of a chat, or a greeting if there are none. */
  show(chat, hasMoney) {
    this.#growing = null;
    this.#place.replaceChildren();
    if (chat.messages.length === 0) {
      this.#place.append(greeting(hasMoney));
      return;
    }
    for (const message of chat.messages) {
      this.append(message);
    }
    this.#scroll.scrollTop = this.#scroll.scrollHeight;
  }

  /** Adds one message at the end. */
  append(message) {
    this.#place.querySelector('.greeting')?.remove();
    if (message.role === 'user') {
      this.#place.append(el('p', { class: 'mine' }, message.text));
    } else {
      const body = el('div', { class: 'answer-text', data: { test: 'answer' } });
      const receipt = el('p', { class: 'receipt', hidden: true });
      const article = el('article', { class: 'answer', 'aria-label': 'Answer' }, body, receipt);
      this.#place.append(article);
      this.#growing = { body, receipt, text: new RichText(body) };
      this.update(message);
    }
    this.#scroll.scrollTop = this.#scroll.scrollHeight;
  }

  /** Shows the last answer as it now is. */
  update(message) {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroll;
    const isAtEnd = scrollHeight - scrollTop - clientHeight < FOLLOW_PIXELS;
    const { body, receipt, text } = this.#growing;
    if (message.text !== '') {
      body.querySelector('.waiting')?.remove();
      text.show(message.text);
    } else if (message.state === 'streaming' && body.childElementCount === 0) {
      body.append(el('p', { class: 'waiting' }, 'Waking a node...'));
    } else if (message.state !== 'streaming') {
      body.querySelector('.waiting')?.remove();
    }
    showReceipt(receipt, message);
    if (isAtEnd) {
      this.#scroll.scrollTop = this.#scroll.scrollHeight;
    }
  }
}

function showReceipt(receipt, message) {
  const isSettled = message.costMsat !== undefined;
  if (message.state === 'streaming') {
    return;
  }
  receipt.hidden = false;
  const parts = [el('span', {}, message.model)];
  if (message.tokens > 0 && message.seconds > 0) {
    const seconds = message.seconds.toFixed(1);
    parts.push(el('span', {}, num(String(message.tokens)), ' tokens in ', num(seconds), ' s'));
  }
  if (message.state === 'stopped') {
    parts.push(el('span', {}, 'stopped'));
  } else if (message.finishReason === 'length') {
    parts.push(el('span', {}, 'cut at the length limit'));
  }
  if (!isSettled) {
    parts.push(el('span', {}, ...sats(message.heldMsat ?? 0), ' on hold until settled'));
  } else {
    receipt.dataset.test = 'receipt';
    receipt.dataset.costMsat = String(message.costMsat);
    receipt.dataset.changeMsat = String(message.backMsat);
    parts.push(el('span', {}, 'paid ', ...sats(message.costMsat)));
    parts.push(el('span', { class: 'back' }, 'change back: ', ...sats(message.backMsat)));
    if (message.claimedMsat !== null && message.claimedMsat !== message.costMsat) {
      parts.push(el('span', {}, 'the gateway billed ', ...sats(message.claimedMsat)));
    }
  }
  receipt.replaceChildren(...parts);
}

function greeting(hasMoney) {
  const owl = byId('owl').cloneNode(true);
  owl.removeAttribute('id');
  owl.dataset.eyes = 'half';
  return el(
    'div',
    { class: 'greeting' },
    owl,
    el('h2', {}, 'The night shift is listening'),
    el(
      'p',
      {},
      hasMoney
        ? 'Each prompt pays for itself from your purse. What it does not use comes straight back.'
        : 'No account: sats in this browser pay for each prompt, and what it does not use ' +
            'comes straight back. Top up to start.',
    ),
  );
}
