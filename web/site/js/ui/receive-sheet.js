// The receive sheet: paste a token, see what it is worth, take it.

import { satsText } from '../wallet/amounts.js';
import { TokenRefused, inspectToken, startReceive } from '../wallet/receive.js';
import { byId } from './el.js';
import { prepareSheet, showProblem, submitting } from './sheets.js';
import { actionTrouble } from './words.js';

const PATIENCE_MILLIS = 15_000;

/** Connects the sheet to the purse and the keeper. */
export class ReceiveSheet {
  #purse;
  #keeper;
  #dialog = byId('receive-sheet');
  #form = byId('receive-form');
  #token = byId('receive-token');
  #status = byId('receive-status');

  constructor(purse, keeper) {
    this.#purse = purse;
    this.#keeper = keeper;
    prepareSheet(this.#dialog, () => this.#clear());
    byId('receive-hint').textContent = `Paste a token from the mint ${purse.mint.url}.`;
    this.#token.addEventListener('input', () => this.#inspect());
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      void submitting(this.#form, actionTrouble, () => this.#take());
    });
  }

  open() {
    this.#clear();
    this.#dialog.showModal();
    this.#token.focus();
  }

  #clear() {
    this.#token.value = '';
    this.#status.textContent = '';
    showProblem(this.#form, '');
  }

  #inspect() {
    this.#status.textContent = '';
    if (this.#token.value.trim() === '') {
      showProblem(this.#form, '');
      return;
    }
    try {
      const { amountMsat } = inspectToken(this.#purse, this.#token.value);
      showProblem(this.#form, '');
      this.#status.textContent = `This token says it holds ${satsText(amountMsat)}.`;
    } catch (error) {
      showProblem(this.#form, actionTrouble(error));
    }
  }

  async #take() {
    this.#status.textContent = 'Asking the mint...';
    try {
      const op = await startReceive(this.#purse, this.#token.value);
      this.#tell(await this.#keeper.drive(op, PATIENCE_MILLIS));
    } catch (error) {
      this.#status.textContent = '';
      throw error;
    }
  }

  #tell(op) {
    if (op.state === 'done') {
      this.#token.value = '';
      this.#status.textContent = `${satsText(op.receivedMsat)} are in your purse.`;
    } else if (op.state === 'refused') {
      this.#status.textContent = '';
      const why =
        op.reason === 'spent'
          ? 'its coins were spent before.'
          : 'the mint does not take it. The token itself is unchanged.';
      showProblem(this.#form, actionTrouble(new TokenRefused(`Nothing came in: ${why}`)));
    } else {
      this.#status.textContent =
        'The mint does not answer. The token is kept here and taken as soon as it does.';
    }
  }
}
