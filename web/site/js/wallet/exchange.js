// An exchange is one request to the mint that turns coins, or a paid quote, into new coins of ours:
//
//   {unit, keysetId, quoteId?, inputs: [coin], outputs: [{data, isForOthers}]}
//
// It is stored with its exact outputs before it is sent. Sending it again is harmless: the mint
// answers a replay from its books, and if it does not, NUT-09 gives the same signatures.

import { inputFee, powersOfTwo, splitForAnyPayment, sumCoins } from './amounts.js';
import { MintRefusal, MintUnreachable } from './cashu.js';

/** Refusals that only mean "not yet": coins or outputs in flight, a payment not seen. */
const NOT_YET = new Set([11002, 11004, 20001, 20005]);

/** Refusals of a keyset that the mint has retired since we planned: the coins are fine. */
const RETIRED = new Set([12001, 12002]);

/**
 * Plans an exchange inside a transaction: reserves the counters of its outputs there, so that no
 * two outputs ever share a secret. `amounts` is `[{amount, isForOthers}]`.
 */
export async function planExchange(tx, purse, keyset, { inputs = [], quoteId, amounts }) {
  const sorted = [...amounts].sort((a, b) => a.amount - b.amount); // NUT-03 asks this for privacy
  const start = (await tx.get('counters', keyset.id))?.next ?? 0;
  const outputs = purse.mint.outputs(
    purse.seed,
    keyset,
    start,
    sorted.map((part) => part.amount),
  );
  await tx.put('counters', { keysetId: keyset.id, next: start + outputs.length });
  return {
    unit: keyset.unit,
    keysetId: keyset.id,
    ...(quoteId === undefined ? {} : { quoteId }),
    inputs,
    outputs: outputs.map((data, index) => ({ data, isForOthers: sorted[index].isForOthers })),
  };
}

/** Plans to swap all of `inputs` into coins of our own, less the mint's fee. */
export function planOwnSwap(tx, purse, keyset, inputs) {
  const amount = sumCoins(inputs) - inputFee(inputs, (id) => purse.mint.feePpkOf(id));
  return planExchange(tx, purse, keyset, { inputs, amounts: ownParts(amount) });
}

/** The parts of `amount` as outputs that stay with us. */
export function ownParts(amount) {
  return splitForAnyPayment(amount).map((part) => ({ amount: part, isForOthers: false }));
}

/** The parts of `amount` as outputs that are handed out. */
export function partsForOthers(amount) {
  return powersOfTwo(amount).map((part) => ({ amount: part, isForOthers: true }));
}

/**
 * Carries an exchange out, or finds out what became of it. Returns
 * `{kind: 'signed', own: [coin], forOthers: [coin]}`, or
 * `{kind: 'refused', code, isSpent: [boolean]}` when the mint will not do it and never did: then
 * `isSpent` tells for each input whether it is gone. Throws `MintUnreachable` if nothing is known.
 */
async function settleExchange(mint, exchange) {
  try {
    return signed(exchange, await mint.sign(exchange));
  } catch (error) {
    if (!(error instanceof MintRefusal)) {
      throw error;
    }
    if (NOT_YET.has(error.code)) {
      throw new MintUnreachable('the mint is still busy with these coins', { cause: error });
    }
    const coins = await mint.restore(exchange);
    if (coins !== null) {
      return signed(exchange, coins);
    }
    const states = exchange.inputs.length === 0 ? [] : await mint.states(exchange.inputs);
    const isSpent = states.map((state) => state === 'SPENT');
    return { kind: 'refused', code: error.code, isSpent };
  }
}

/**
 * Settles every exchange of an op and returns the outcomes in order. If the mint has changed its
 * keys in between, the exchanges are planned again on the new ones, and this throws
 * `MintUnreachable`: the next step of the op carries them out.
 */
export async function settleAll(purse, op) {
  const outcomes = [];
  for (const exchange of op.exchanges) {
    outcomes.push(await settleExchange(purse.mint, exchange));
  }
  const isRetired = ({ kind, code, isSpent }) =>
    kind === 'refused' && RETIRED.has(code) && !isSpent.includes(true);
  if (outcomes.some(isRetired)) {
    await planAgain(purse, op, outcomes.map(isRetired));
    throw new MintUnreachable('the mint has changed its keys: planned again');
  }
  return outcomes;
}

async function planAgain(purse, op, isRetired) {
  const keysets = [];
  for (const exchange of op.exchanges) {
    keysets.push(await purse.mint.activeKeyset(exchange.unit, true));
  }
  await purse.commit(async (tx) => {
    const exchanges = [];
    for (const [index, exchange] of op.exchanges.entries()) {
      const amounts = exchange.outputs.map(({ data, isForOthers }) => ({
        amount: Number(data.blindedMessage.amount),
        isForOthers,
      }));
      const again = () => planExchange(tx, purse, keysets[index], { ...exchange, amounts });
      exchanges.push(isRetired[index] ? await again() : exchange);
    }
    await tx.put('ops', { ...op, exchanges });
  });
}

function signed(exchange, coins) {
  const isForOthers = (_, index) => exchange.outputs[index].isForOthers;
  return {
    kind: 'signed',
    own: coins.filter((coin, index) => !isForOthers(coin, index)),
    forOthers: coins.filter(isForOthers),
  };
}
