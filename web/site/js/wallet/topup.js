// Topping up: an invoice of the mint (NUT-04, NUT-23), paid by any Lightning wallet, becomes coins.
// The quote is in the journal before the invoice is shown, so closing the page loses nothing.

import { MSAT_PER_SAT, worthMsat } from './amounts.js';
import { ownParts, planExchange, settleAll } from './exchange.js';
import { moved, newOp, withoutSecrets } from './journal.js';
import { addCoins, note } from './purse.js';

/** Bounds of one top-up, in sats. */
export const MIN_TOP_UP_SATS = 1;
export const MAX_TOP_UP_SATS = 1_000_000;

const UNIT = 'msat';
const FAST_POLL_MILLIS = 1_500;
const SLOW_POLL_MILLIS = 30_000;
const FAST_POLL_FOR_MILLIS = 10 * 60_000;

/** How long after its expiry an unpaid invoice is still asked about: payments can be late. */
const GRACE_MILLIS = 24 * 3_600_000;

/** Gets an invoice over whole sats and journals it. Returns the op. Throws mint errors. */
export async function startTopUp(purse, sats) {
  const amountMsat = sats * MSAT_PER_SAT;
  const quote = await purse.mint.createQuote(UNIT, amountMsat);
  const op = newOp('topup', 'invoiced', purse.now(), purse.newId(), { amountMsat, quote });
  await purse.commit((tx) => tx.add('ops', op));
  return op;
}

/** One step of a top-up. Returns `{op, waitMillis}`; waitMillis null means it is finished. */
export function driveTopUp(purse, op) {
  return op.state === 'invoiced' ? askForPayment(purse, op) : collect(purse, op);
}

async function askForPayment(purse, op) {
  const state = await purse.mint.quoteState(op.quote.id);
  if (state === 'PAID') {
    const keyset = await purse.mint.activeKeyset(UNIT);
    const minting = await purse.commit(async (tx) => {
      const exchange = await planExchange(tx, purse, keyset, {
        quoteId: op.quote.id,
        amounts: ownParts(op.amountMsat),
      });
      const next = moved(op, 'minting', purse.now(), { exchanges: [exchange] });
      await tx.put('ops', next);
      return next;
    });
    return { op: minting, waitMillis: 0 };
  }
  const expiresAt = op.quote.expiresAt ?? op.createdAt + GRACE_MILLIS;
  if (state === 'ISSUED' || purse.now() > expiresAt + GRACE_MILLIS) {
    const expired = moved(op, 'expired', purse.now());
    await purse.commit((tx) => tx.put('ops', expired));
    return { op: expired, waitMillis: null };
  }
  const isFresh = purse.now() < Math.min(op.createdAt + FAST_POLL_FOR_MILLIS, expiresAt);
  return { op, waitMillis: isFresh ? FAST_POLL_MILLIS : SLOW_POLL_MILLIS };
}

async function collect(purse, op) {
  const [outcome] = await settleAll(purse, op);
  if (outcome.kind === 'refused') {
    return { op, waitMillis: SLOW_POLL_MILLIS }; // paid and not given: keep asking, keep it visible
  }
  const done = withoutSecrets(moved(op, 'done', purse.now()));
  await purse.commit(async (tx) => {
    await addCoins(tx, outcome.own);
    await note(tx, done, purse.now(), worthMsat(outcome.own));
    await tx.put('ops', done);
  });
  return { op: done, waitMillis: null };
}
