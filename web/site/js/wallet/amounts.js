// Whole amounts of money and the choice of coins. Everything is a safe integer of the unit named;
// nothing here is ever a fraction. Pure: no browser, no network.

/** Millisats in one sat. */
export const MSAT_PER_SAT = 1000;

/** The units a purse can hold, with the millisats one of them is worth. */
export const MSAT_PER_UNIT = Object.freeze({ msat: 1, sat: MSAT_PER_SAT });

/** Most coins in one token: at about 200 characters each they stay far below a 64 KiB header. */
export const MAX_COINS_PER_TOKEN = 128;

/** How many small coins one payment takes along at most, so that small change melts away again. */
const MAX_SMALL_COINS = 24;

/** A coin is tiny if it is less than this part of the amount to pay. */
const TINY_PART = 16;

/** Raised when a number is not a whole, safe, non-negative amount. */
export class AmountError extends Error {}

/** Returns `value` if it is a whole amount that a JavaScript number holds exactly. */
export function wholeAmount(value, what = 'amount') {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new AmountError(`${what} must be a whole number from 0 to 2^53 - 1`);
  }
  return value;
}

/** The worth in millisats of `amount` units. */
export function toMsat(unit, amount) {
  const worth = MSAT_PER_UNIT[unit];
  if (worth === undefined) {
    throw new AmountError(`this purse holds sat and msat, not ${unit}`);
  }
  return wholeAmount(wholeAmount(amount) * worth);
}

/** The sum of the amounts of some coins of one unit. */
export function sumCoins(coins) {
  return coins.reduce((sum, coin) => wholeAmount(sum + wholeAmount(coin.amount)), 0);
}

/** The worth in millisats of coins of any unit. */
export function worthMsat(coins) {
  return coins.reduce((sum, coin) => wholeAmount(sum + toMsat(coin.unit, coin.amount)), 0);
}

/**
 * Reads what a person typed as sats, at most three decimals, into millisats.
 * Returns null for anything that is not a positive amount.
 */
export function parseSats(text) {
  const cleaned = text.trim().replace(/[,_\s](?=\d{3})/g, '');
  const match = /^(\d{1,12})(?:\.(\d{1,3}))?$/.exec(cleaned);
  if (match === null) {
    return null;
  }
  const msat = Number(match[1]) * MSAT_PER_SAT + Number((match[2] ?? '').padEnd(3, '0'));
  return msat > 0 ? msat : null;
}

/** Writes millisats as sats: 1843000 is `1,843`, 10 is `0.01`; a negative amount gets a minus. */
export function formatSats(msat) {
  const size = Math.abs(msat);
  const whole = String(Math.floor(size / MSAT_PER_SAT)).replace(/\B(?=(\d{3})+$)/g, ',');
  const rest = String(size % MSAT_PER_SAT)
    .padStart(3, '0')
    .replace(/0+$/, '');
  return `${msat < 0 ? '\u2212' : ''}${whole}${rest === '' ? '' : `.${rest}`}`;
}

/** `1 sat`, `0.01 sats`, `2 sats`. */
export function satsText(msat) {
  return `${formatSats(msat)} ${Math.abs(msat) === MSAT_PER_SAT ? 'sat' : 'sats'}`;
}

/**
 * Parts of `amount` from which every smaller amount can be paid exactly: 1, 2, 4 and so on, and
 * what is left. So a prompt holds little more than it can cost, however large the purse is.
 */
export function splitForAnyPayment(amount) {
  const parts = [];
  let rest = wholeAmount(amount);
  for (let power = 1; power <= rest; power *= 2) {
    parts.push(power);
    rest -= power;
  }
  return [...parts, ...powersOfTwo(rest)].sort((a, b) => a - b);
}

/** The fewest powers of two that add up to `amount`, smallest first. */
export function powersOfTwo(amount) {
  const parts = [];
  let rest = wholeAmount(amount);
  for (let power = 1; rest > 0; power *= 2) {
    if (rest % (power * 2) !== 0) {
      parts.push(power);
      rest -= power;
    }
  }
  return parts;
}

/** The NUT-02 fee for spending `coins`: their parts per thousand, summed, rounded up once. */
export function inputFee(coins, feePpkOf) {
  const ppk = coins.reduce((sum, coin) => sum + wholeAmount(feePpkOf(coin.id), 'fee'), 0);
  return Math.ceil(ppk / 1000);
}

/** Coins that add up to exactly `amount`, or null. Sure to find them among powers of two. */
export function exactCoins(coins, amount) {
  const chosen = [];
  let rest = amount;
  for (const coin of descending(coins)) {
    if (coin.amount <= rest) {
      chosen.push(coin);
      rest -= coin.amount;
    }
  }
  return rest === 0 && chosen.length <= MAX_COINS_PER_TOKEN ? chosen : null;
}

/**
 * Coins that add up to at least `amount`, or null if there is not enough. It takes the smallest
 * coins first, because a payment gives back change in few coins: so small coins never pile up.
 * No coin is in the result that the rest could do without, tiny ones excepted.
 */
export function coverCoins(coins, amount) {
  const ascending = descending(coins).reverse();
  for (let start = 0; start < ascending.length; start += 1) {
    const window = [];
    let sum = 0;
    for (let i = start; i < ascending.length && window.length < MAX_SMALL_COINS; i += 1) {
      window.push(ascending[i]);
      sum += ascending[i].amount;
      if (sum >= amount) {
        return withoutSpareCoins(window, sum, amount);
      }
    }
    if (sum < amount && window.length < MAX_SMALL_COINS) {
      break;
    }
  }
  const largest = ascending.slice(-MAX_COINS_PER_TOKEN);
  return sumCoins(largest) >= amount ? withoutSpareCoins(largest, sumCoins(largest), amount) : null;
}

/** Drops coins the payment can do without, largest first; tiny ones stay, to be melted. */
function withoutSpareCoins(coins, sum, amount) {
  let rest = sum;
  const kept = descending(coins).filter((coin) => {
    const isSpare = rest - coin.amount >= amount && coin.amount * TINY_PART >= amount;
    rest -= isSpare ? coin.amount : 0;
    return !isSpare;
  });
  return kept.reverse();
}

function descending(coins) {
  return [...coins].sort((a, b) => b.amount - a.amount);
}
