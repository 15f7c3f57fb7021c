// The purse: seed, coins, journal and history of one browser, and the only way to change them.
// Operations live in topup.js, receive.js, withdraw.js and prompt.js; keeper.js drives them on.

import { worthMsat } from './amounts.js';
import { newSeed } from './cashu.js';
import { isFinal, isKnown } from './journal.js';
import { hasLocks, withWallet } from './locks.js';

const CHANNEL = 'owlrun-purse';
const HISTORY_SHOWN = 100;

/** The purse may look but not touch: the sentence says why. No money has moved. */
export class PurseReadOnly extends Error {}

/** Not enough coins for what was asked. Nothing has moved. Amounts in millisats. */
export class NotEnough extends Error {
  constructor(neededMsat, availableMsat) {
    super('not enough in the purse');
    this.neededMsat = neededMsat;
    this.availableMsat = availableMsat;
  }
}

/** Tells its listeners, in this tab and all others, that the purse has changed. */
export class Purse extends EventTarget {
  #db;
  #channel = new BroadcastChannel(CHANNEL);
  #readOnlyReason = '';

  /** `mint` is a MintClient, `gateway` a Gateway, `now` gives milliseconds since 1970. */
  constructor({ db, mint, gateway, now = () => Date.now() }) {
    super();
    this.#db = db;
    this.mint = mint;
    this.gateway = gateway;
    this.now = now;
    this.#channel.addEventListener('message', () => this.dispatchEvent(new Event('change')));
  }

  /** Loads the seed, or makes it at the very first start. Call once, before anything else. */
  async open() {
    if (!hasLocks()) {
      this.#readOnlyReason =
        'This browser cannot keep several tabs apart (no Web Locks), so the purse is read-only.';
      return this;
    }
    this.seed = await withWallet(() => this.#db.write((tx) => loadSeed(tx)));
    const { unknown } = await this.snapshot();
    if (unknown > 0) {
      this.#readOnlyReason =
        'A newer version of this page has used this purse. Reload to get it; nothing is lost.';
    }
    return this;
  }

  /** Why nothing can be moved, or an empty text. */
  get readOnlyReason() {
    return this.#readOnlyReason;
  }

  /** Throws `PurseReadOnly` if nothing can be moved. */
  checkWritable() {
    if (this.#readOnlyReason !== '') {
      throw new PurseReadOnly(this.#readOnlyReason);
    }
  }

  /** A name for a new op. */
  newId() {
    return crypto.randomUUID();
  }

  /** What a page shows: `{readyMsat, heldMsat, satReadyMsat, open: [op], history, unknown}`. */
  async snapshot() {
    return this.#db.read(async (tx) => {
      const [coins, ops, history] = [
        await tx.all('proofs'),
        await tx.all('ops'),
        await tx.all('history'),
      ];
      const ready = coins.filter((coin) => coin.state === 'ready');
      const newestFirst = (a, b) => b.at - a.at;
      return {
        readyMsat: worthMsat(ready),
        heldMsat: worthMsat(coins.filter((coin) => coin.state === 'held')),
        satReadyMsat: worthMsat(ready.filter((coin) => coin.unit === 'sat')),
        open: ops.filter((op) => isKnown(op) && !isFinal(op)),
        history: history.sort(newestFirst).slice(0, HISTORY_SHOWN),
        unknown: ops.filter((op) => !isKnown(op)).length,
      };
    });
  }

  /** One op as it stands now, or undefined. */
  op(id) {
    return this.#db.read((tx) => tx.get('ops', id));
  }

  /**
   * Runs `work(tx)` alone in all tabs and commits it to disk; then tells everyone.
   * Every change of coins, counters, ops and history goes through here.
   */
  async commit(work) {
    this.checkWritable();
    const result = await withWallet(() => this.#db.write(work));
    this.#channel.postMessage('changed');
    this.dispatchEvent(new Event('change'));
    return result;
  }
}

/** The coins of one unit that may be spent. Only inside `commit`. */
export async function readyCoins(tx, unit) {
  const coins = await tx.all('proofs');
  return coins.filter((coin) => coin.state === 'ready' && coin.unit === unit);
}

/** Marks coins as belonging to an op. */
export async function holdCoins(tx, coins, opId) {
  for (const coin of coins) {
    await tx.put('proofs', { ...coin, state: 'held', opId });
  }
}

/** Puts coins into the purse, ready to be spent. */
export async function addCoins(tx, coins) {
  for (const { opId, ...coin } of coins) {
    await tx.put('proofs', { ...coin, state: 'ready' });
  }
}

/** Takes coins out, in the same transaction that stores what replaced them. */
export async function removeCoins(tx, coins) {
  for (const coin of coins) {
    await tx.remove('proofs', coin.secret);
  }
}

/** Sets aside what the mint refuses, so that a person can look into it. */
export async function quarantine(tx, id, at, what) {
  await tx.put('quarantine', { id, at, ...what });
}

/** Adds one line to the history. `deltaMsat` is what the purse gained or, negative, lost. */
export async function note(tx, op, at, deltaMsat, details = {}) {
  await tx.add('history', {
    id: `${op.id}:${op.state}`,
    opId: op.id,
    kind: op.kind,
    state: op.state,
    at,
    deltaMsat,
    ...details,
  });
}

async function loadSeed(tx) {
  const row = await tx.get('meta', 'seed');
  if (row !== undefined) {
    return row.seed;
  }
  const { words, seed } = newSeed();
  await tx.put('meta', { key: 'seed', words, seed });
  return seed;
}
