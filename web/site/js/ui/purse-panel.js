// The purse on the page: balance, what is open, what happened.

import { formatSats, satsText } from '../wallet/amounts.js';
import { byId, el, num } from './el.js';
import { amountOfOp, historyLine, pendingLine } from './words.js';

/** A prompt that has only just moved is not worth a line: it will be settled in a moment. */
const QUIET_MILLIS = 5_000;

/** An answer may take this long before the purse lists its payment as open. */
const ANSWER_MILLIS = 120_000;
const REFRESH_MILLIS = 5_000;

/** Shows the purse and keeps it up to date. */
export class PursePanel {
  #purse;
  #actions;
  #shownMsat = null;

  /** `actions` is `{checkNow(), resume(op)}`. */
  constructor(purse, actions) {
    this.#purse = purse;
    this.#actions = actions;
    purse.addEventListener('change', () => void this.refresh());
    setInterval(() => void this.refresh(), REFRESH_MILLIS);
  }

  async refresh() {
    const snapshot = await this.#purse.snapshot();
    this.#showBalance(snapshot);
    byId('purse-warning').textContent = this.#purse.readOnlyReason;
    byId('purse-warning').hidden = this.#purse.readOnlyReason === '';
    const open = snapshot.open
      .filter((op) => !this.#isQuiet(op))
      .sort((a, b) => b.createdAt - a.createdAt);
    byId('pending-part').hidden = open.length === 0;
    byId('pending').replaceChildren(...open.map((op) => this.#pendingItem(op)));
    const lines = snapshot.history.map(historyItem);
    const nothing = el('li', { class: 'empty' }, 'Nothing yet. Top up to begin.');
    byId('history').replaceChildren(...(lines.length > 0 ? lines : [nothing]));
  }

  /** An answer under way, or one whose change is just being taken. */
  #isQuiet(op) {
    const isStreaming = op.kind === 'prompt' && op.state === 'sent' && op.polls === 0;
    const age = this.#purse.now() - op.updatedAt;
    return isStreaming ? age < ANSWER_MILLIS : op.kind === 'prompt' && age < QUIET_MILLIS;
  }

  #showBalance({ readyMsat, heldMsat }) {
    const pill = byId('open-purse');
    pill.dataset.msat = String(readyMsat);
    pill.dataset.heldMsat = String(heldMsat);
    pill.setAttribute('aria-label', `Purse. Balance ${satsText(readyMsat)}`);
    byId('balance-figure').textContent = formatSats(readyMsat);
    byId('purse-figure').textContent = formatSats(readyMsat);
    const held = heldMsat > 0 ? `and ${satsText(heldMsat)} on hold, ` : '';
    byId('purse-aside').textContent = `${held}in this browser`;
    if (this.#shownMsat !== null && readyMsat > this.#shownMsat) {
      blink(byId('owl'));
    }
    this.#shownMsat = readyMsat;
  }

  #pendingItem(op) {
    const { title, detail } = pendingLine(op);
    const canShow = ['topup:invoiced', 'withdraw:out'].includes(`${op.kind}:${op.state}`);
    const button = canShow
      ? el(
          'button',
          { type: 'button', class: 'btn', on: { click: () => this.#actions.resume(op) } },
          'Show',
        )
      : el(
          'button',
          { type: 'button', class: 'btn', on: { click: () => this.#actions.checkNow() } },
          'Check now',
        );
    return el(
      'li',
      { data: { op: op.kind, state: op.state } },
      el('span', {}, title),
      num(formatSats(amountOfOp(op))),
      el('span', { class: 'small' }, `${detail}, since ${clock(op.createdAt)}`),
      el('span'),
      button,
    );
  }
}

function historyItem(row) {
  const { title, detail } = historyLine(row);
  const sign = row.deltaMsat > 0 ? '+' : '';
  const amount = num(`${sign}${formatSats(row.deltaMsat)}`);
  amount.classList.toggle('plus', row.deltaMsat > 0);
  return el(
    'li',
    {},
    el('span', {}, title),
    amount,
    el('span', { class: 'small' }, detail),
    el('span', { class: 'small num' }, clock(row.at)),
  );
}

function clock(at) {
  const date = new Date(at);
  const isToday = date.toDateString() === new Date().toDateString();
  return isToday
    ? date.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hour12: false })
    : date.toLocaleDateString([], { day: 'numeric', month: 'short' });
}

function blink(owl) {
  owl.classList.remove('blink');
  void owl.getBoundingClientRect(); // restarts the animation
  owl.classList.add('blink');
}
