// Paying for one prompt: coins travel with the request as one token, change comes back in the
// stream. The op is on disk before the request leaves, so whatever dies, the coins are found again:
// at the gateway (which stores every outcome), or at the mint (if nobody took them).

import { coverCoins, sumCoins, toMsat, worthMsat } from './amounts.js';
import { UnreadableToken } from './cashu.js';
import { planOwnSwap, settleAll } from './exchange.js';
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

/** A request this young may still be on its way to the gateway: its coins are left alone. */
const IN_FLIGHT_MILLIS = 15_000;
const FIRST_POLL_MILLIS = 500;
const LAST_POLL_MILLIS = 30_000;
const DISPUTE_POLL_MILLIS = 60_000;

/**
 * Journals the payment for a request and holds its coins. `holdMsat` is the most the prompt may
 * cost, `leastMsat` the least that makes sense to send: with less than `holdMsat` in the purse the
 * gateway shortens the answer to what it gets. Returns the op. Throws `NotEnough`.
 */
export function startPrompt(purse, { id, model, holdMsat, leastMsat }) {
  return purse.commit(async (tx) => {
    const coins = await chooseCoins(tx, holdMsat, leastMsat);
    await holdCoins(tx, coins, id);
    const op = newOp('prompt', 'sent', purse.now(), id, {
      model,
      inputs: coins,
      paidMsat: worthMsat(coins),
      token: purse.mint.token(coins[0].unit, coins),
      polls: 0,
    });
    await tx.add('ops', op);
    return op;
  });
}

/** The gateway reported the change: keep it, before anything else happens. Returns the op. */
export async function changeArrived(purse, op, change) {
  const landed = moved(op, 'landed', purse.now(), { change });
  await purse.commit((tx) => tx.put('ops', landed));
  return landed;
}

/** The gateway said no before it took the coins: swap them, so that nobody else holds them. */
export async function takeBack(purse, op) {
  const keyset = await purse.mint.activeKeyset(op.inputs[0].unit);
  return purse.commit(async (tx) => {
    const exchange = await planOwnSwap(tx, purse, keyset, op.inputs);
    const next = moved(op, 'returning', purse.now(), { exchanges: [exchange] });
    await tx.put('ops', next);
    return next;
  });
}

/** One step of a prompt whose stream is over or lost. */
export function drivePrompt(purse, op) {
  switch (op.state) {
    case 'landed':
      return planReceipt(purse, op);
    case 'swapping':
      return receiveChange(purse, op);
    case 'returning':
      return bringBack(purse, op);
    default:
      return findOut(purse, op);
  }
}

async function chooseCoins(tx, holdMsat, leastMsat) {
  const pots = [];
  for (const unit of ['msat', 'sat']) {
    const coins = await readyCoins(tx, unit);
    const chosen = coverCoins(coins, Math.ceil(holdMsat / toMsat(unit, 1)));
    if (chosen !== null) {
      return chosen;
    }
    pots.push(coins);
  }
  const best = pots.reduce((one, other) => (worthMsat(other) > worthMsat(one) ? other : one));
  const bestMsat = worthMsat(best);
  const whole = best.length === 0 ? null : coverCoins(best, sumCoins(best));
  if (whole === null || bestMsat < leastMsat) {
    throw new NotEnough(leastMsat, bestMsat);
  }
  return whole;
}

/** No change yet: ask the gateway, then the mint. */
async function findOut(purse, op) {
  const answer = await purse.gateway.outcomeOf(op.token);
  if (answer.kind === 'change') {
    return { op: await changeArrived(purse, op, answer.change), waitMillis: 0 };
  }
  const isYoung = purse.now() < op.createdAt + IN_FLIGHT_MILLIS;
  if (answer.kind === 'running' || isYoung) {
    return askAgain(purse, op);
  }
  const states = await purse.mint.states(op.inputs);
  if (states.every((state) => state === 'UNSPENT')) {
    return { op: await takeBack(purse, op), waitMillis: 0 };
  }
  const isUnknown = answer.kind === 'unknown' && states.every((state) => state === 'SPENT');
  if (isUnknown && op.state === 'sent') {
    const disputed = moved(op, 'disputed', purse.now());
    await purse.commit((tx) => tx.put('ops', disputed));
    return { op: disputed, waitMillis: DISPUTE_POLL_MILLIS };
  }
  return askAgain(purse, op);
}

async function askAgain(purse, op) {
  const polls = op.polls + 1;
  const next = { ...op, polls };
  await purse.commit((tx) => tx.put('ops', next));
  const waitMillis = Math.min(FIRST_POLL_MILLIS * 2 ** Math.min(polls - 1, 10), LAST_POLL_MILLIS);
  return { op: next, waitMillis: op.state === 'disputed' ? DISPUTE_POLL_MILLIS : waitMillis };
}

/** Plans the swap of the change tokens into coins of our own. */
async function planReceipt(purse, op) {
  const packets = [];
  const unreadable = [];
  for (const token of op.change.tokens) {
    try {
      const coins = await purse.mint.coinsOf(token);
      packets.push({ coins, keyset: await purse.mint.activeKeyset(coins[0].unit) });
    } catch (error) {
      if (!(error instanceof UnreadableToken)) {
        throw error;
      }
      unreadable.push(token);
    }
  }
  if (packets.length === 0) {
    return finish(
      purse,
      op,
      [],
      unreadable.map((token) => ({ reason: 'unreadable', token })),
    );
  }
  const swapping = await purse.commit(async (tx) => {
    const exchanges = [];
    for (const { coins, keyset } of packets) {
      exchanges.push(await planOwnSwap(tx, purse, keyset, coins));
    }
    const next = moved(op, 'swapping', purse.now(), { exchanges });
    await tx.put('ops', next);
    return next;
  });
  return { op: swapping, waitMillis: 0 };
}

async function receiveChange(purse, op) {
  const own = [];
  const refused = [];
  for (const [index, outcome] of (await settleAll(purse, op)).entries()) {
    if (outcome.kind === 'signed') {
      own.push(...outcome.own);
    } else if (outcome.isSpent.every(Boolean)) {
      refused.push({ reason: 'spent', coins: op.exchanges[index].inputs });
    } else {
      return askAgain(purse, op); // ours by right and not yet given: keep asking
    }
  }
  return finish(purse, op, own, refused);
}

async function bringBack(purse, op) {
  const [outcome] = await settleAll(purse, op);
  if (outcome.kind === 'signed') {
    return finish(purse, op, outcome.own, []);
  }
  if (outcome.isSpent.includes(true)) {
    const sent = moved(op, 'sent', purse.now(), { exchanges: [] });
    await purse.commit((tx) => tx.put('ops', sent)); // the gateway was faster: it owes an answer
    return { op: sent, waitMillis: FIRST_POLL_MILLIS };
  }
  return askAgain(purse, op);
}

/** Replaces the coins paid by the coins that came back, with history, in one transaction. */
async function finish(purse, op, own, refused) {
  const backMsat = worthMsat(own);
  const costMsat = op.paidMsat - backMsat;
  const claimedMsat = op.change?.costMsat ?? null;
  const wasReturned = op.state === 'returning';
  const result = { costMsat, backMsat, claimedMsat, wasReturned };
  const done = withoutSecrets(moved(op, 'done', purse.now(), result));
  await purse.commit(async (tx) => {
    await removeCoins(tx, op.inputs);
    await addCoins(tx, own);
    for (const [index, what] of refused.entries()) {
      await quarantine(tx, `${op.id}:${index}`, purse.now(), what);
    }
    await note(tx, done, purse.now(), -costMsat, {
      model: op.model,
      paidMsat: op.paidMsat,
      backMsat,
    });
    await tx.put('ops', done);
  });
  return { op: done, waitMillis: null };
}
