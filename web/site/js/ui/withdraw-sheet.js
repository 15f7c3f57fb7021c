// The withdraw sheet: amount or all, the token as text and QR code, and "take it back".

import { parseSats, satsText, worthMsat } from '../wallet/amounts.js';
import { startTakeBack, startWithdraw } from '../wallet/withdraw.js';
import { byId, copyButton, el } from './el.js';
import { MAX_QR_CHARS, qrCode } from './qr.js';
import { prepareSheet, showProblem, submitting } from './sheets.js';
import { actionTrouble } from './words.js';

const PATIENCE_MILLIS = 15_000;

/** What to type for everything. */
const ALL = 'all';

/** Connects the sheet to the purse and the keeper. */
export class WithdrawSheet {
  #purse;
  #keeper;
  #dialog = byId('withdraw-sheet');
  #form = byId('withdraw-form');
  #amount = byId('withdraw-amount');
  #opId = null;

  constructor(purse, keeper) {
    this.#purse = purse;
    this.#keeper = keeper;
    prepareSheet(this.#dialog, () => (this.#opId = null));
    byId('withdraw-all').addEventListener('click', () => (this.#amount.value = ALL));
    byId('withdraw-take-back').addEventListener('click', () => void this.#takeBack());
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      void submitting(this.#form, actionTrouble, () => this.#make());
    });
    purse.addEventListener('change', () => void this.#refresh());
  }

  open() {
    showProblem(this.#form, '');
    this.#amount.value = '';
    this.#show(false);
    this.#dialog.showModal();
    this.#amount.focus();
  }

  /** Opens the sheet on a token that was made before. */
  resume(op) {
    this.#dialog.showModal();
    this.#showResult(op);
  }

  async #make() {
    const isAll = this.#amount.value.trim().toLowerCase() === ALL;
    const amountMsat = isAll
      ? (await this.#purse.snapshot()).readyMsat
      : parseSats(this.#amount.value);
    if (amountMsat === null || amountMsat === 0) {
      const hint = isAll ? 'The purse is empty.' : `Enter an amount in sats, or "${ALL}".`;
      showProblem(this.#form, hint);
      return;
    }
    const op = await startWithdraw(this.#purse, amountMsat);
    this.#showResult(await this.#keeper.drive(op, 0));
  }

  async #takeBack() {
    const op = await this.#purse.op(this.#opId);
    if (op?.state !== 'out') {
      return;
    }
    try {
      this.#showResult(
        await this.#keeper.drive(await startTakeBack(this.#purse, op), PATIENCE_MILLIS),
      );
    } catch (error) {
      byId('withdraw-status').textContent = actionTrouble(error);
    }
  }

  async #refresh() {
    if (this.#opId !== null && this.#dialog.open) {
      const op = await this.#purse.op(this.#opId);
      if (op !== undefined) {
        this.#showResult(op);
      }
    }
  }

  #showResult(op) {
    const isNew = this.#opId !== op.id;
    this.#opId = op.id;
    this.#show(true);
    byId('withdraw-status').textContent = statusOf(op);
    byId('withdraw-take-back').hidden = op.state !== 'out';
    const place = byId('withdraw-tokens');
    if (op.state !== 'out') {
      place.replaceChildren();
    } else if (isNew || place.childElementCount === 0) {
      place.replaceChildren(
        ...op.handedOut.map((part) => tokenPart(part, op.handedOut.length > 1)),
      );
    }
  }

  #show(hasResult) {
    if (!hasResult) {
      this.#opId = null;
      byId('withdraw-tokens').replaceChildren();
    }
    this.#form.hidden = hasResult;
    byId('withdraw-result').hidden = !hasResult;
  }
}

function tokenPart({ unit, token, coins }, isOneOfTwo) {
  const amount = satsText(worthMsat(coins));
  const data = { test: 'withdraw-token', unit };
  const text = el('textarea', { rows: 4, readonly: true, spellcheck: 'false', data }, token);
  const name = isOneOfTwo ? `Token over ${amount} (in ${unit})` : `Token over ${amount}`;
  return el(
    'div',
    { class: 'token' },
    token.length <= MAX_QR_CHARS
      ? el('div', { class: 'qr-frame' }, qrCode(token, name))
      : el('p', { class: 'aside' }, 'This token is too long for one QR code: copy it as text.'),
    el('label', { class: 'field' }, name, text),
    copyButton('Copy token', () => token),
  );
}

function statusOf(op) {
  const amount = satsText(op.amountMsat);
  const texts = {
    swapping: 'Making the token: the mint has not answered yet. Your coins are on hold.',
    out: `${amount} left your purse with this token. Until someone claims it you can take it back.`,
    reclaiming: 'Taking it back: waiting for the mint.',
    claimed: `Claimed: these ${amount} belong to someone else now.`,
    returned: 'Taken back: the sats are in your purse again and the token is worthless.',
    refused: 'Nothing was withdrawn: some coins turned out to be spent. They were set aside.',
  };
  return texts[op.state];
}
