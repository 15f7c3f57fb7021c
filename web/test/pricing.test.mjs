import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jobPriceMsat, parseDecimal, promptTokenBound } from '../site/js/chat/pricing.js';

const NANO = { prompt: '0.0000000050', completion: '0.0000000100' };

test('parseDecimal_texts_areExact', () => {
  assert.deepEqual(parseDecimal('0.0000000050'), { digits: 50n, scale: 10 });
  assert.deepEqual(parseDecimal('65000'), { digits: 65_000n, scale: 0 });
  for (const bad of ['', 'abc', '-1', '1e-9', '1.', '.5', 'Infinity', undefined]) {
    assert.equal(parseDecimal(bad), null, String(bad));
  }
});

test('jobPriceMsat_smallJob_costsTheMinimum', () => {
  assert.equal(jobPriceMsat(NANO, '65000', 10, 1), 10);
  assert.equal(jobPriceMsat({ prompt: '0', completion: '0' }, '65000', 10, 10), 10);
});

test('jobPriceMsat_gatewayWithAMinimum_costsThat', () => {
  assert.equal(jobPriceMsat(NANO, '65000', 10, 1, 2_000), 2_000);
});

test('jobPriceMsat_knownJob_followsTheFormula', () => {
  // 1,000,000 completion tokens at $0.01 per million and $100,000 a bitcoin: $0.01 = 10,000 msat
  // net, so the buyer pays ceil(10,000 * 100 / 99) = 10,102.
  assert.equal(jobPriceMsat(NANO, '100000', 0, 1_000_000), 10_102);
  assert.equal(jobPriceMsat(NANO, '100000.00', 0, 1_000_000), 10_102);
  // One token more: 10,000.01 rounds up to 10,001, the buyer pays ceil(10,102.02...).
  assert.equal(jobPriceMsat(NANO, '100000', 0, 1_000_001), 10_103);
});

test('jobPriceMsat_unknownPriceOrRate_isNull', () => {
  assert.equal(jobPriceMsat({ prompt: '', completion: '0.1' }, '65000', 1, 1), null);
  assert.equal(jobPriceMsat(NANO, '', 1, 1), null);
  assert.equal(jobPriceMsat(NANO, '0', 1, 1), null);
});

test('promptTokenBound_text_coversTheBytesOfItsJson', () => {
  const messages = [{ role: 'user', content: 'Grüße "\n"' }];
  const bytes = Buffer.byteLength(JSON.stringify(messages));
  assert.equal(promptTokenBound(messages), bytes + 512);
});
