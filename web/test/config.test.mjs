import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError, checkConfig } from '../site/js/config.js';

const GOOD = { gateway: '', mint: 'http://127.0.0.1:3338', network: 'play' };

test('checkConfig_goodValues_areTaken', () => {
  assert.deepEqual(checkConfig(GOOD), GOOD);
  const mint = 'https://mint.example/';
  assert.equal(checkConfig({ ...GOOD, mint }).mint, 'https://mint.example');
});

test('checkConfig_badValues_areNamed', () => {
  const bad = [
    [null, /gateway/],
    [{ ...GOOD, gateway: 'api.example' }, /gateway/],
    [{ ...GOOD, mint: '' }, /mint/],
    [{ ...GOOD, mint: 'javascript:alert(1)' }, /mint/],
    [{ ...GOOD, network: undefined }, /network/],
  ];
  for (const [config, named] of bad) {
    assert.throws(
      () => checkConfig(config),
      (error) => error instanceof ConfigError && named.test(error.message),
    );
  }
});

test('checkConfig_configInTheSite_isGood', async () => {
  const { default: fs } = await import('node:fs/promises');
  const text = await fs.readFile(new URL('../site/config.json', import.meta.url), 'utf8');
  assert.deepEqual(checkConfig(JSON.parse(text)), GOOD);
});
