import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as amounts from '../site/js/wallet/amounts.js';

const { coverCoins, exactCoins, formatSats, inputFee, parseSats, satsText, sumCoins } = amounts;

const coinsOf = (...list) => list.map((amount) => ({ amount, unit: 'msat', id: '00' }));

/** A generator of repeatable chance (mulberry32), so that a failure can be repeated. */
function chance(seed) {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

const parsed = [
  ['1', 1_000],
  ['0.01', 10],
  ['1,843.979', 1_843_979],
  [' 2 000 ', 2_000_000],
  ['0.001', 1],
  ['0', null],
  ['0.0001', null],
  ['-1', null],
  ['1e3', null],
  ['', null],
  ['all', null],
  ['9999999999999', null],
];

for (const [text, expected] of parsed) {
  test(`parseSats_${text}_is_${expected}`, () => assert.equal(parseSats(text), expected));
}

const written = [
  [0, '0 sats'],
  [10, '0.01 sats'],
  [1_000, '1 sat'],
  [1_990, '1.99 sats'],
  [1_843_000, '1,843 sats'],
  [-37, '\u22120.037 sats'],
  [21_000_000_000_000, '21,000,000,000 sats'],
];

for (const [msat, expected] of written) {
  test(`satsText_${msat}_is_${expected}`, () => assert.equal(satsText(msat), expected));
}

test('formatSats_anyAmount_readsBackTheSame', () => {
  const draw = chance(1);
  for (let round = 0; round < 2_000; round += 1) {
    const msat = 1 + draw(2 ** 31);
    assert.equal(parseSats(formatSats(msat)), msat);
  }
});

test('wholeAmount_fractionsAndUnsafeNumbers_areRefused', () => {
  for (const bad of [0.5, -1, 2 ** 53, Number.NaN, Infinity, '1', 1n, null]) {
    assert.throws(() => amounts.wholeAmount(bad), amounts.AmountError);
  }
  assert.throws(() => amounts.toMsat('usd', 1), amounts.AmountError);
  assert.throws(() => amounts.toMsat('sat', 2 ** 52), amounts.AmountError);
});

test('coverCoins_notEnough_isNull', () => {
  assert.equal(coverCoins(coinsOf(1, 2, 4), 8), null);
  assert.equal(coverCoins([], 1), null);
});

test('coverCoins_randomPurses_coverWithoutNeedlessCoins', () => {
  const draw = chance(7);
  for (let round = 0; round < 3_000; round += 1) {
    const coins = coinsOf(...Array.from({ length: 1 + draw(60) }, () => 2 ** draw(20)));
    const total = sumCoins(coins);
    const amount = 1 + draw(total);
    const chosen = coverCoins(coins, amount);
    assert.ok(chosen !== null, `${amount} of ${total}`);
    const sum = sumCoins(chosen);
    assert.ok(sum >= amount);
    assert.equal(new Set(chosen).size, chosen.length, 'no coin twice');
    for (const coin of chosen) {
      const isTiny = coin.amount * 16 < amount;
      assert.ok(isTiny || sum - coin.amount < amount, 'a large coin could stay at home');
    }
  }
});

test('coverCoins_manyMoreCoinsThanATokenTakes_usesTheLargest', () => {
  const coins = coinsOf(
    ...Array.from({ length: 500 }, () => 1),
    ...Array.from({ length: 100 }, () => 8),
  );
  assert.equal(sumCoins(coverCoins(coins, 800)) >= 800, true);
  assert.equal(coverCoins(coins, 1_200), null);
});

test('coverCoins_thousandPrompts_coinsNeitherPileUpNorAreHeldInVain', () => {
  const draw = chance(3);
  let coins = coinsOf(...amounts.splitForAnyPayment(5_000_000));
  let held = 0;
  let needed = 0;
  for (let prompt = 0; prompt < 1_000; prompt += 1) {
    const hold = 10 + draw(3_000);
    const paid = coverCoins(coins, hold);
    const change = sumCoins(paid) - (10 + draw(hold - 9));
    coins = [
      ...coins.filter((coin) => !paid.includes(coin)),
      ...coinsOf(...amounts.splitForAnyPayment(change)),
    ];
    assert.ok(coins.length <= 64, `${coins.length} coins after ${prompt} prompts`);
    held += sumCoins(paid);
    needed += hold;
  }
  assert.ok(held < 2.5 * needed, `${held} held where ${needed} were needed`);
});

test('powersOfTwo_anyAmount_addUpWithoutRepeats', () => {
  const draw = chance(5);
  for (const amount of [0, 1, 2, 3, 1_023, 1_024, 2 ** 40 + 5, draw(2 ** 31), draw(2 ** 31)]) {
    const parts = amounts.powersOfTwo(amount);
    assert.equal(sumCoins(coinsOf(...parts)), amount);
    assert.equal(new Set(parts).size, parts.length);
    assert.ok(parts.every((part) => Number.isInteger(Math.log2(part))));
  }
});

test('splitForAnyPayment_everySmallerAmount_canBePaidExactly', () => {
  for (const amount of [1, 2, 3, 7, 8, 100, 255, 256, 1_000]) {
    const coins = coinsOf(...amounts.splitForAnyPayment(amount));
    assert.equal(sumCoins(coins), amount);
    for (let part = 1; part <= amount; part += 1) {
      assert.notEqual(exactCoins(coins, part), null, `${part} of ${amount}`);
    }
  }
});

test('exactCoins_powersOfTwo_findsTheAmountIfThereIsOne', () => {
  const coins = coinsOf(1, 2, 2, 8, 64);
  assert.equal(sumCoins(exactCoins(coins, 12)), 12);
  assert.equal(exactCoins(coins, 6), null);
  assert.equal(exactCoins(coins, 78), null);
});

test('inputFee_partsPerThousand_isRoundedUpOnce', () => {
  const fee = (count, ppk) =>
    inputFee(coinsOf(...Array.from({ length: count }, () => 1)), () => ppk);
  assert.equal(fee(3, 0), 0);
  assert.equal(fee(1, 100), 1);
  assert.equal(fee(10, 100), 1);
  assert.equal(fee(11, 100), 2);
});
