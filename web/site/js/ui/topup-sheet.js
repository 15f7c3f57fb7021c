// The top-up sheet: amount, invoice as QR code, and the moment it is paid.

import { satsText, MSAT_PER_SAT } from '../wallet/amounts.js';
import { MAX_TOP_UP_SATS, MIN_TOP_UP_SATS, startTopUp } from '../wallet/topup.js';
import { byId, copyButton, el, sats } from './el.js';
import { qrCode } from './qr.js';
import { prepareSheet, showProblem, submitting } from './sheets.js';
import { actionTrouble } from './words.js';

const CLOCK_MILLIS = 1_000;

/** Connects the sheet to the purse. */
export class TopUpSheet {
  #purse;
  #dialog = byId('top-up-sheet');
  #form = byId('top-up-form');
  #amount = byId('top-up-amount');
  #opId = null;
  #clock = null;

  constructor(purse) {
    this.#purse = purse;
    prepareSheet(this.#dialog, () => this.#stopClock());
    for (const chip of this.#form.querySelectorAll('[data-sats]')) {
      chip.addEventListener('click', () => (this.#amount.value = chip.dataset.sats));
    }
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      void submitting(this.#form, actionTrouble, () => this.#ask());
    });
    purse.addEventListener('change', () => void this.#refresh());
  }

  /** Opens the sheet to choose an amount. */
  open() {
    showProblem(this.#form, '');
    this.#opId = null;
    this.#show(false);
    this.#dialog.showModal();
    this.#amount.focus();
    this.#amount.select();
  }

  /** Opens the sheet on an invoice that is still open. */
  resume(op) {
    this.#dialog.showModal();
    this.#showInvoice(op);
  }

  async #ask() {
    const sats = Number(this.#amount.value.trim().replace(/[,\s]/g, ''));
    if (!Number.isSafeInteger(sats) || sats < MIN_TOP_UP_SATS || sats > MAX_TOP_UP_SATS) {
      showProblem(
        this.#form,
        `Enter whole sats, from ${MIN_TOP_UP_SATS} to ${satsText(MAX_TOP_UP_SATS * MSAT_PER_SAT)}.`,
      );
      return;
    }
    // Asks the browser not to clear the purse when its disk gets full.
    void navigator.storage?.persist?.();
    this.#showInvoice(await startTopUp(this.#purse, sats));
  }

  #showInvoice(op) {
    this.#opId = op.id;
    const uri = `lightning:${op.quote.request}`;
    const frame = byId('top-up-qr');
    frame.dataset.invoice = op.quote.request;
    frame.replaceChildren(
      qrCode(uri.toUpperCase(), `Lightning invoice over ${satsText(op.amountMsat)}`),
    );
    byId('top-up-actions').replaceChildren(
      copyButton('Copy invoice', () => op.quote.request),
      el('a', { class: 'btn', href: uri }, 'Open wallet'),
    );
    this.#show(true);
    this.#startClock(op);
  }

  #startClock(op) {
    this.#stopClock();
    const tick = () => {
      const left = op.quote.expiresAt === null ? null : op.quote.expiresAt - this.#purse.now();
      const status = byId('top-up-status');
      status.replaceChildren('Pay ', ...sats(op.amountMsat), leftText(left));
    };
    tick();
    byId('top-up-status').removeAttribute('role'); // a countdown is not for announcing
    this.#clock = setInterval(tick, CLOCK_MILLIS);
  }

  #stopClock() {
    clearInterval(this.#clock);
    this.#clock = null;
  }

  async #refresh() {
    if (this.#opId === null || !this.#dialog.open) {
      return;
    }
    const op = await this.#purse.op(this.#opId);
    if (op?.state !== 'done' && op?.state !== 'expired') {
      return;
    }
    this.#stopClock();
    this.#opId = null;
    const status = byId('top-up-status');
    status.setAttribute('role', 'status');
    const isPaid = op.state === 'done';
    status.textContent = isPaid ? '' : 'This invoice was not paid in time. Nothing was charged.';
    byId('top-up-actions').replaceChildren();
    const frame = byId('top-up-qr');
    delete frame.dataset.invoice;
    frame.replaceChildren();
    if (isPaid) {
      const text = `${satsText(op.amountMsat)} are in your purse`;
      frame.append(el('p', { class: 'paid', data: { test: 'top-up-done' } }, `\u2713 ${text}`));
    }
  }

  #show(hasInvoice) {
    this.#form.hidden = hasInvoice;
    byId('top-up-invoice').hidden = !hasInvoice;
  }
}

function leftText(millis) {
  if (millis === null) {
    return ' by Lightning. Closing this sheet is fine.';
  }
  if (millis <= 0) {
    return ': this invoice has run out. A payment on its way still counts.';
  }
  const seconds = Math.floor(millis / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const two = (value) => String(value).padStart(2, '0');
  const clock = `${hours > 0 ? `${hours}:` : ''}${two(minutes)}:${two(seconds % 60)}`;
  return ` within ${clock}. Closing this sheet is fine.`;
}
