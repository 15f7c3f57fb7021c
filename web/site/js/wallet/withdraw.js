// Withdrawing: coins leave the purse as tokens that any Cashu wallet can take. Until someone does,
// they stay in the journal and can be taken back.

import {
  MSAT_PER_SAT,
  coverCoins,
  exactCoins,
  inputFee,
  sumCoins,
  toMsat,
  worthMsat,
} from './amounts.js';
import { ownParts, partsForOthers, planExchange, planOwnSwap, settleAll } from './exchange.js';
import { moved, newOp, withoutSecrets } from './journal.js';
import {
  NotEnough,
  addCoins,
  holdCoins,
  note,
  quarantine,
  readyCoins,
  removeCoins,
} from './purse.js';

const CLAIM_POLL_MILLIS = 3_000;
const SLOW_POLL_MILLIS = 60_000;
const FAST_POLL_FOR_MILLIS = 10 * 60_000;

/**
 * Journals a withdrawal of `amountMsat`. Whole sats are taken from `sat` coins as far as there are
 * any, because more wallets take them; the rest goes out in `msat`. Returns the op, to be driven.
 * Throws `NotEnough`.
 */
export async function startWithdraw(purse, amountMsat) {
  const keysets = {
    sat: await keysetOrNull(purse, 'sat'),
    msat: await purse.mint.activeKeyset('msat'),
  };
  return purse.commit(async (tx) => {
    const id = purse.newId();
    const coins = { sat: await readyCoins(tx, 'sat'), msat: await readyCoins(tx, 'msat') };
    const exchanges = [];
    const ready = [];
    for (const { unit, amount } of shares(coins, amountMsat)) {
      const exact = exactCoins(coins[unit], amount);
      if (exact === null) {
        exchanges.push(await planShare(tx, purse, keysets[unit], coins[unit], amount));
      } else {
        ready.push(...exact);
      }
    }
    const inputs = [...ready, ...exchanges.flatMap((exchange) => exchange.inputs)];
    await holdCoins(tx, inputs, id);
    const details = { amountMsat, exchanges, ready };
    const op = newOp('withdraw', 'swapping', purse.now(), id, details);
    await tx.add('ops', op);
    return op;
  });
}

/** One step of a withdrawal. */
export function driveWithdraw(purse, op) {
  switch (op.state) {
    case 'swapping':
      return handOut(purse, op);
    case 'out':
      return watch(purse, op);
    default:
      return bringBack(purse, op);
  }
}

/** Starts taking an unclaimed token back. Returns the op to be driven; it may end as claimed. */
export async function startTakeBack(purse, op) {
  const keysets = new Map();
  for (const { unit } of op.handedOut) {
    keysets.set(unit, await purse.mint.activeKeyset(unit));
  }
  return purse.commit(async (tx) => {
    const exchanges = [];
    for (const { unit, coins } of op.handedOut) {
      exchanges.push(await planOwnSwap(tx, purse, keysets.get(unit), coins));
    }
    const next = moved(op, 'reclaiming', purse.now(), { exchanges });
    await tx.put('ops', next);
    return next;
  });
}

/** How much of each unit goes out. Throws `NotEnough` if it cannot be paid exactly. */
function shares(coins, amountMsat) {
  const satHeld = sumCoins(coins.sat);
  const satAmount = Math.min(Math.floor(amountMsat / MSAT_PER_SAT), satHeld);
  const msatAmount = amountMsat - satAmount * MSAT_PER_SAT;
  const msatHeld = sumCoins(coins.msat);
  if (msatAmount > msatHeld) {
    throw new NotEnough(amountMsat, satAmount * MSAT_PER_SAT + msatHeld);
  }
  return [
    { unit: 'sat', amount: satAmount },
    { unit: 'msat', amount: msatAmount },
  ].filter((share) => share.amount > 0);
}

async function planShare(tx, purse, keyset, coins, amount) {
  let inputs = coverCoins(coins, amount);
  let fee = inputFee(inputs ?? [], (id) => purse.mint.feePpkOf(id));
  if (fee > 0) {
    inputs = coverCoins(coins, amount + fee);
    fee = inputFee(inputs ?? [], (id) => purse.mint.feePpkOf(id));
  }
  const rest = inputs === null ? -1 : sumCoins(inputs) - fee - amount;
  if (rest < 0) {
    throw new NotEnough(toMsat(keyset.unit, amount), worthMsat(coins));
  }
  const amounts = [...partsForOthers(amount), ...ownParts(rest)];
  return planExchange(tx, purse, keyset, { inputs, amounts });
}

async function handOut(purse, op) {
  const outcomes = await settleAll(purse, op);
  if (outcomes.some((outcome) => outcome.kind === 'refused')) {
    return callOff(purse, op, outcomes);
  }
  const coins = [...op.ready, ...outcomes.flatMap((outcome) => outcome.forOthers)];
  const handedOut = ['sat', 'msat']
    .map((unit) => ({ unit, coins: coins.filter((coin) => coin.unit === unit) }))
    .filter((part) => part.coins.length > 0)
    .map((part) => ({ ...part, token: purse.mint.token(part.unit, part.coins) }));
  const out = moved(op, 'out', purse.now(), { handedOut, exchanges: [], ready: [] });
  await purse.commit(async (tx) => {
    await removeCoins(tx, [...op.ready, ...op.exchanges.flatMap((exchange) => exchange.inputs)]);
    await addCoins(
      tx,
      outcomes.flatMap((outcome) => outcome.own),
    );
    await note(tx, out, purse.now(), -worthMsat(coins));
    await tx.put('ops', out);
  });
  return { op: out, waitMillis: CLAIM_POLL_MILLIS };
}

/** The mint knows some of our coins as spent: keep what is good, set the rest aside. */
async function callOff(purse, op, outcomes) {
  const refused = withoutSecrets(moved(op, 'refused', purse.now()));
  await purse.commit(async (tx) => {
    await addCoins(tx, op.ready);
    for (const [index, outcome] of outcomes.entries()) {
      const { inputs } = op.exchanges[index];
      if (outcome.kind === 'signed') {
        await removeCoins(tx, inputs);
        await addCoins(tx, [...outcome.own, ...outcome.forOthers]);
        continue;
      }
      const gone = inputs.filter((_, i) => outcome.isSpent[i]);
      await removeCoins(tx, gone);
      await addCoins(
        tx,
        inputs.filter((_, i) => !outcome.isSpent[i]),
      );
      await quarantine(tx, `${op.id}:${index}`, purse.now(), { reason: 'spent', coins: gone });
    }
    await tx.put('ops', refused);
  });
  return { op: refused, waitMillis: null };
}

async function watch(purse, op) {
  const states = await purse.mint.states(op.handedOut.flatMap((part) => part.coins));
  if (states.every((state) => state === 'SPENT')) {
    return close(purse, op, 'claimed', []);
  }
  const isFresh = purse.now() < op.updatedAt + FAST_POLL_FOR_MILLIS;
  return { op, waitMillis: isFresh ? CLAIM_POLL_MILLIS : SLOW_POLL_MILLIS };
}

async function bringBack(purse, op) {
  const own = [];
  for (const outcome of await settleAll(purse, op)) {
    if (outcome.kind === 'signed') {
      own.push(...outcome.own);
    } else if (!outcome.isSpent.every(Boolean)) {
      return { op, waitMillis: SLOW_POLL_MILLIS }; // not ours yet and not theirs: keep trying
    }
  }
  return close(purse, op, own.length > 0 ? 'returned' : 'claimed', own);
}

async function close(purse, op, state, coins) {
  const bare = withoutSecrets(moved(op, state, purse.now()));
  await purse.commit(async (tx) => {
    await addCoins(tx, coins);
    if (coins.length > 0) {
      await note(tx, bare, purse.now(), worthMsat(coins));
    }
    await tx.put('ops', bare);
  });
  return { op: bare, waitMillis: null };
}

async function keysetOrNull(purse, unit) {
  const { satReadyMsat } = await purse.snapshot();
  return unit === 'sat' && satReadyMsat === 0 ? null : purse.mint.activeKeyset(unit);
}
