// The composer: message box, model, price before sending, and the meter that shows the payment.

import { formatSats, satsText } from '../wallet/amounts.js';
import { byId, el, num } from './el.js';

/** Shows and reads the composer. */
export class Composer {
  #form = byId('composer');
  #text = byId('message');
  #model = byId('model');
  #market;
  #held = byId('meter').querySelector('.meter-held');
  #spent = byId('meter').querySelector('.meter-spent');

  /** `actions` is `{send(model, text), stop(), messagesWith(text)}`. */
  constructor(market, actions) {
    this.#market = market;
    this.actions = actions;
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#text.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.#submit();
      }
    });
    this.#text.addEventListener('input', () => this.showEstimate());
    this.#model.addEventListener('change', () => this.showEstimate());
    byId('stop').addEventListener('click', () => actions.stop());
  }

  /** Lists the models with a likely price, keeping the chosen one. */
  showModels() {
    const chosen = this.#model.value;
    const { awake, models } = this.#market;
    const asleep = models.filter((model) => !model.isAwake);
    const nothing = el('option', { value: '' }, 'No model awake');
    const group = el('optgroup', { label: 'Asleep now', disabled: true });
    group.append(...asleep.map((model) => this.#option(model)));
    this.#model.replaceChildren(
      ...(awake.length > 0 ? awake.map((model) => this.#option(model)) : [nothing]),
      ...(asleep.length > 0 ? [group] : []),
    );
    if (awake.some(({ id }) => id === chosen)) {
      this.#model.value = chosen;
    }
    this.showEstimate();
  }

  #option({ id }) {
    const likely = this.#market.likelyMsat(id, []);
    const price = likely === null ? '' : ` \u00B7 ~${satsText(likely)}`;
    return el('option', { value: id }, id + price);
  }

  /** Shows the most the message in the box may hold. */
  showEstimate() {
    const text = this.#text.value.trim();
    byId('send').disabled = this.#model.value === '';
    if (this.#model.value === '') {
      byId('estimate').replaceChildren();
      return;
    }
    const messages = this.actions.messagesWith(text);
    const { holdMsat } = this.#market.boundsMsat(this.#model.value, messages);
    const extra = el('span', { class: 'extra' }, ', unused comes back');
    const amount = num(formatSats(roundUp(holdMsat)));
    byId('estimate').replaceChildren('Holds about ', amount, ' sats', extra);
  }

  /** Switches between Send and Stop. */
  showAnswering(isAnswering) {
    const [gone, here] = isAnswering ? ['send', 'stop'] : ['stop', 'send'];
    const hadFocus = document.activeElement === byId(gone);
    byId(gone).hidden = true;
    byId(here).hidden = false;
    if (hadFocus) {
      byId(here).focus();
    }
  }

  /** Empties the box, after its text has really been sent. */
  clear() {
    this.#text.value = '';
    this.showEstimate();
  }

  /** Puts a text back that was not sent. */
  giveBack(text) {
    if (this.#text.value === '') {
      this.#text.value = text;
    }
  }

  focus() {
    this.#text.focus();
  }

  /** The meter: how full it is with held money, and how much of that is spent, from 0 to 1. */
  showMeter(held, spent) {
    this.#held.style.transform = `scaleX(${held})`;
    this.#spent.style.transform = `scaleX(${held * spent})`;
  }

  #submit() {
    const text = this.#text.value.trim();
    if (text !== '' && this.#model.value !== '' && !byId('send').hidden) {
      this.actions.send(this.#model.value, text);
    }
  }
}

/** Whole sats from ten sats on, two figures below: an estimate should not look exact. */
function roundUp(msat) {
  let step = 1;
  while (msat / step >= 100) {
    step *= 10;
  }
  return Math.ceil(msat / step) * step;
}
