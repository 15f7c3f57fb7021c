// Receiving a token: its coins are swapped at the mint into coins only this purse knows.

import {
  sumCoins,
  inputFee,
  toMsat,
  worthMsat,
  MAX_COINS_PER_TOKEN,
  MSAT_PER_UNIT,
} from './amounts.js';
import { UnreadableToken, peekToken, sameMint } from './cashu.js';
import { planOwnSwap, settleAll } from './exchange.js';
import { moved, newOp, withoutSecrets } from './journal.js';
import { addCoins, note } from './purse.js';

/** The token cannot be taken; the message says why, and that nothing was touched. */
export class TokenRefused extends Error {}

/** What a token is worth here: `{unit, amountMsat, mint}`. Throws `TokenRefused`; asks nobody. */
export function inspectToken(purse, text) {
  const token = peekOrRefuse(text);
  if (!sameMint(token.mint, purse.mint.url)) {
    throw new TokenRefused(
      `Nothing was touched: this token is from the mint ${token.mint}, ` +
        `and this purse only holds coins of ${purse.mint.url}.`,
    );
  }
  if (MSAT_PER_UNIT[token.unit] === undefined) {
    throw new TokenRefused(`Nothing was touched: this token is in ${token.unit}, not in sats.`);
  }
  if (token.count === 0 || token.count > MAX_COINS_PER_TOKEN) {
    throw new TokenRefused(
      `Nothing was touched: this token holds ${token.count} coins; ` +
        `from 1 to ${MAX_COINS_PER_TOKEN} can be taken at once.`,
    );
  }
  return { unit: token.unit, amountMsat: toMsat(token.unit, token.amount), mint: token.mint };
}

/** Journals the receipt of a token. Returns the op, which is then driven. Throws `TokenRefused`. */
export async function startReceive(purse, text) {
  const { unit } = inspectToken(purse, text);
  const inputs = await coinsOrRefuse(purse, text);
  const keyset = await purse.mint.activeKeyset(unit);
  const fee = inputFee(inputs, (id) => purse.mint.feePpkOf(id));
  if (sumCoins(inputs) <= fee) {
    throw new TokenRefused(
      'Nothing was touched: the mint would keep all of this token as its fee.',
    );
  }
  return purse.commit(async (tx) => {
    const exchange = await planOwnSwap(tx, purse, keyset, inputs);
    const amountMsat = worthMsat(inputs);
    const details = { amountMsat, exchanges: [exchange], tokens: [text.trim()] };
    const op = newOp('receive', 'swapping', purse.now(), purse.newId(), details);
    await tx.add('ops', op);
    return op;
  });
}

/** One step: swap the coins, or find out that someone else has. */
export async function driveReceive(purse, op) {
  const [outcome] = await settleAll(purse, op);
  if (outcome.kind === 'refused') {
    const reason = outcome.isSpent.includes(true) ? 'spent' : 'refused';
    const refused = withoutSecrets(moved(op, 'refused', purse.now(), { reason }));
    await purse.commit((tx) => tx.put('ops', refused));
    return { op: refused, waitMillis: null };
  }
  const receivedMsat = worthMsat(outcome.own);
  const done = withoutSecrets(moved(op, 'done', purse.now(), { receivedMsat }));
  await purse.commit(async (tx) => {
    await addCoins(tx, outcome.own);
    await note(tx, done, purse.now(), receivedMsat);
    await tx.put('ops', done);
  });
  return { op: done, waitMillis: null };
}

function peekOrRefuse(text) {
  try {
    return peekToken(text);
  } catch (error) {
    throw asRefusal(error, 'this is not a Cashu token. It should start with cashuA or cashuB.');
  }
}

async function coinsOrRefuse(purse, text) {
  try {
    return await purse.mint.coinsOf(text);
  } catch (error) {
    throw asRefusal(error, 'our mint does not know the keys of its coins.');
  }
}

function asRefusal(error, reason) {
  return error instanceof UnreadableToken
    ? new TokenRefused(`Nothing was touched: ${reason}`)
    : error;
}
