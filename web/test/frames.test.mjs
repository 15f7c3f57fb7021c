import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readChange, readError, readFrame } from '../site/js/chat/frames.js';

const frames = [
  ['[DONE]', { kind: 'done' }],
  [' [DONE] ', { kind: 'done' }],
  ['not json', { kind: 'ignored' }],
  ['[1]', { kind: 'ignored' }],
  ['null', { kind: 'ignored' }],
  [
    '{"choices":[{"delta":{"content":"Hi"},"finish_reason":null}]}',
    { kind: 'delta', text: 'Hi', finishReason: '', usage: null },
  ],
  [
    '{"choices":[{"delta":{},"finish_reason":"stop"}]}',
    { kind: 'delta', text: '', finishReason: 'stop', usage: null },
  ],
  [
    '{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":5}}',
    { kind: 'delta', text: '', finishReason: '', usage: { prompt: 3, completion: 5 } },
  ],
  [
    '{"choices":[{"delta":{"content":{"not":"text"}}}]}',
    { kind: 'delta', text: '', finishReason: '', usage: null },
  ],
  [
    '{"error":{"message":"broke","type":"server_error","code":"node_error","param":null}}',
    { kind: 'error', error: { message: 'broke', code: 'node_error' } },
  ],
  [
    '{"type":"cashu_change","choices":[],"token":"cashuB1","change_sats":1,"change_msats":1990,"cost_msats":10,"token_msat":"cashuB2"}',
    { kind: 'change', change: { tokens: ['cashuB1', 'cashuB2'], changeMsat: 1990, costMsat: 10 } },
  ],
  [
    '{"type":"cashu_change","token":"","change_sats":0,"change_msats":0,"cost_msats":128}',
    { kind: 'change', change: { tokens: [], changeMsat: 0, costMsat: 128 } },
  ],
  // The seeds' literal event, without millisats.
  [
    '{"type":"cashu_change","token":"cashuA1","change_sats":48}',
    { kind: 'change', change: { tokens: ['cashuA1'], changeMsat: 48_000, costMsat: null } },
  ],
  // Money promised but not there: not a settlement, the journal goes on asking.
  ['{"type":"cashu_change","change_sats":48}', { kind: 'ignored' }],
  ['{"type":"cashu_change"}', { kind: 'ignored' }],
];

for (const [data, expected] of frames) {
  test(`readFrame_${data.slice(0, 60)}_isRead`, () => assert.deepEqual(readFrame(data), expected));
}

test('readChange_amountsThatAreNoWholeNumbers_areNotBelieved', () => {
  const change = readChange({
    token: 'cashuB1',
    change_msats: 1.5,
    cost_msats: -1,
    change_sats: '3',
  });
  assert.deepEqual(change, { tokens: ['cashuB1'], changeMsat: null, costMsat: null });
});

test('readError_bodyWithoutError_isEmpty', () => {
  assert.deepEqual(readError(null), { message: '', code: '' });
  assert.deepEqual(readError({ error: 'text' }), { message: '', code: '' });
});
