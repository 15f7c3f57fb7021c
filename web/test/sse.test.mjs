import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_EVENT_CHARS, SseError, SseParser } from '../site/js/chat/sse.js';

const CHANGE = '{"type":"cashu_change","choices":[],"token":"cashuBo2F0","change_msats":91}';

/** A stream with every ugliness the standard allows: comments, CR, LF, CR LF, split UTF-8. */
const STREAM =
  '\uFEFF: hello\n\n' +
  'data: {"choices":[{"delta":{"content":"Grüße \u{1F989}"}}]}\n\n' +
  ': keep-alive\r\n\r\n' +
  'event: note\rdata:no space\rdata:  two spaces\r\r' +
  'id: 7\nretry: 10\nnonsense\n\n' +
  'data\n\n' +
  'data: [DONE]\n\n' +
  `data: ${CHANGE}\r\n\r\n` +
  'data: [DONE]';

const EVENTS = [
  { event: 'message', data: '{"choices":[{"delta":{"content":"Grüße \u{1F989}"}}]}' },
  { event: 'note', data: 'no space\n two spaces' },
  { event: 'message', data: '' },
  { event: 'message', data: '[DONE]' },
  { event: 'message', data: CHANGE },
  { event: 'message', data: '[DONE]' },
];

/** Feeds bytes in the given pieces, decoded as the page does it. */
function parse(pieces) {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const parser = new SseParser();
  const events = pieces.flatMap((piece) => parser.feed(decoder.decode(piece, { stream: true })));
  return [...events, ...parser.feed(decoder.decode()), ...parser.end()];
}

const BYTES = new TextEncoder().encode(STREAM);

test('feed_wholeStream_givesAllEvents', () => {
  assert.deepEqual(parse([BYTES]), EVENTS);
});

test('feed_streamSplitAtEveryByte_givesTheSameEvents', () => {
  for (let at = 0; at <= BYTES.length; at += 1) {
    assert.deepEqual(parse([BYTES.slice(0, at), BYTES.slice(at)]), EVENTS, `split at ${at}`);
  }
});

test('feed_streamByteByByte_givesTheSameEvents', () => {
  assert.deepEqual(parse([...BYTES].map((byte) => Uint8Array.of(byte))), EVENTS);
});

test('end_lastEventWithoutBlankLine_isNotLost', () => {
  const parser = new SseParser();
  assert.deepEqual(parser.feed(`data: ${CHANGE}\r`), []);
  assert.deepEqual(parser.end(), [{ event: 'message', data: CHANGE }]);
});

test('feed_eventBeyondTheLimit_throws', () => {
  const parser = new SseParser();
  assert.throws(() => parser.feed(`data: ${'x'.repeat(MAX_EVENT_CHARS)}`), SseError);
  const lines = new SseParser();
  const line = `data: ${'x'.repeat(1000)}\n`;
  assert.throws(() => lines.feed(line.repeat(1 + MAX_EVENT_CHARS / 1000)), SseError);
});
