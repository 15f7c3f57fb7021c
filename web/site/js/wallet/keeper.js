// The keeper: drives every open operation to its end, in this tab or in the next one that opens.
// The same code runs right after an operation starts and after a crash; there is no second path.

import { MintUnreachable } from './cashu.js';
import { isFinal, isKnown } from './journal.js';
import { ifOpIsFree, withOp } from './locks.js';
import { drivePrompt } from './prompt.js';
import { driveReceive } from './receive.js';
import { driveTopUp } from './topup.js';
import { driveWithdraw } from './withdraw.js';

const DRIVERS = {
  topup: driveTopUp,
  receive: driveReceive,
  withdraw: driveWithdraw,
  prompt: drivePrompt,
};

/** After a step failed for lack of an answer. */
const RETRY_MILLIS = 5_000;
const MAX_RETRY_MILLIS = 60_000;

/** When another tab is driving the op. */
const BUSY_MILLIS = 3_000;

/** Keeps a timer for each open op. */
export class Keeper {
  #purse;
  #timers = new Map();
  #failures = new Map();

  constructor(purse) {
    this.#purse = purse;
  }

  /** Starts watching; call once, when the purse is open. */
  start() {
    if (this.#purse.readOnlyReason !== '') {
      return;
    }
    const wake = () => void this.wake();
    window.addEventListener('online', wake);
    document.addEventListener('visibilitychange', () => document.hidden || wake());
    this.#purse.addEventListener('change', () => void this.#adopt());
    wake();
  }

  /** Looks at every open op now. */
  async wake() {
    for (const op of (await this.#purse.snapshot()).open) {
      this.#schedule(op.id, 0);
    }
  }

  /**
   * Drives one op until it is done, waits for something, or `patienceMillis` are over; returns it
   * as it then stands. The caller must hold its lock or none may be needed: see `drive`.
   */
  async driveHeld(op, patienceMillis) {
    const until = this.#purse.now() + patienceMillis;
    let current = op;
    for (;;) {
      const { op: next, waitMillis } = await this.#step(current);
      current = next;
      if (waitMillis === null || isFinal(current) || this.#purse.now() + waitMillis > until) {
        return current;
      }
      await pause(waitMillis);
    }
  }

  /** Like `driveHeld` for an op nobody drives yet: takes its lock first. */
  drive(op, patienceMillis) {
    return withOp(op.id, async () => {
      const fresh = await this.#purse.op(op.id);
      return isFinal(fresh) ? fresh : this.driveHeld(fresh, patienceMillis);
    });
  }

  /** Gives a timer to ops that have none, such as those another tab started. */
  async #adopt() {
    for (const op of (await this.#purse.snapshot()).open) {
      if (!this.#timers.has(op.id)) {
        this.#schedule(op.id, BUSY_MILLIS);
      }
    }
  }

  #schedule(id, waitMillis) {
    clearTimeout(this.#timers.get(id));
    this.#timers.set(
      id,
      setTimeout(() => void this.#run(id), waitMillis),
    );
  }

  async #run(id) {
    const wait = await ifOpIsFree(id, () => this.#runAlone(id), BUSY_MILLIS);
    if (wait === null) {
      this.#timers.delete(id);
    } else {
      this.#schedule(id, wait);
    }
  }

  async #runAlone(id) {
    const op = await this.#purse.op(id);
    if (op === undefined || !isKnown(op) || isFinal(op)) {
      return null;
    }
    const { op: next, waitMillis } = await this.#step(op);
    return isFinal(next) ? null : waitMillis;
  }

  /** One step; no answer is not an error here but a reason to come back later. */
  async #step(op) {
    try {
      const result = await DRIVERS[op.kind](this.#purse, op);
      this.#failures.delete(op.id);
      return result;
    } catch (error) {
      const failures = (this.#failures.get(op.id) ?? 0) + 1;
      this.#failures.set(op.id, failures);
      if (!(error instanceof MintUnreachable)) {
        console.error(`step of ${op.kind}/${op.state} failed`, error.name, error.message);
      }
      const waitMillis = Math.min(RETRY_MILLIS * failures, MAX_RETRY_MILLIS);
      return { op: (await this.#purse.op(op.id)) ?? op, waitMillis };
    }
  }
}

function pause(millis) {
  return new Promise((resolve) => setTimeout(resolve, millis));
}
