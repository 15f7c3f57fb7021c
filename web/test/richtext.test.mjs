import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseBlocks, parseInlines } from '../site/js/chat/richtext.js';

const plain = (text) => [{ style: '', text }];

test('parseBlocks_paragraphs_areSplitAtBlankLines', () => {
  assert.deepEqual(parseBlocks('One\ntwo\n\n\nThree'), [
    { type: 'paragraph', inlines: plain('One\ntwo') },
    { type: 'paragraph', inlines: plain('Three') },
  ]);
});

test('parseBlocks_markup_staysText', () => {
  const text = '<script>alert(1)</script> <img src=x onerror=alert(1)> [x](javascript:alert(1))';
  assert.deepEqual(parseBlocks(text), [{ type: 'paragraph', inlines: plain(text) }]);
});

test('parseBlocks_fences_keepTheirTextAsItIs', () => {
  const text = 'Look:\n```java\nint a;\n\n# no heading\n```\nDone';
  assert.deepEqual(parseBlocks(text), [
    { type: 'paragraph', inlines: plain('Look:') },
    { type: 'code', language: 'java', text: 'int a;\n\n# no heading', isOpen: false },
    { type: 'paragraph', inlines: plain('Done') },
  ]);
});

test('parseBlocks_fenceStillGrowing_isOpen', () => {
  assert.deepEqual(parseBlocks('~~~\nab'), [
    { type: 'code', language: '', text: 'ab', isOpen: true },
  ]);
  assert.deepEqual(parseBlocks('```'), [{ type: 'code', language: '', text: '', isOpen: true }]);
});

test('parseBlocks_longerFence_isNotEndedByAShorterOne', () => {
  const [block] = parseBlocks('````\n```\nx\n```\n````');
  assert.equal(block.text, '```\nx\n```');
});

test('parseBlocks_lists_haveItemsAndTheirFirstNumber', () => {
  assert.deepEqual(parseBlocks('3. a\n4. b\n   more\n- c'), [
    { type: 'list', isOrdered: true, first: 3, items: [plain('a'), plain('b\nmore')] },
    { type: 'list', isOrdered: false, first: 1, items: [plain('c')] },
  ]);
});

test('parseBlocks_heading_losesItsMarks', () => {
  assert.deepEqual(parseBlocks('## Title ##'), [{ type: 'heading', inlines: plain('Title') }]);
});

test('parseInlines_styles_areFound', () => {
  assert.deepEqual(parseInlines('a `b*c*` **d** *e* 2*3*4 f_g'), [
    { style: '', text: 'a ' },
    { style: 'code', text: 'b*c*' },
    { style: '', text: ' ' },
    { style: 'strong', text: 'd' },
    { style: '', text: ' ' },
    { style: 'em', text: 'e' },
    { style: '', text: ' 2*3*4 f_g' },
  ]);
});

test('parseBlocks_everyPrefixOfAnAnswer_losesNoLetter', () => {
  const text = '# H\n\nSome **bold** `code`\n\n- a\n- b\n\n```js\nx\n```\nend';
  const letters = (value) => value.replace(/[^a-z]/gi, '');
  const textOf = (inlines) => inlines.map((piece) => piece.text).join('');
  const allOf = (block) =>
    block.type === 'code'
      ? block.language + block.text
      : (block.items ?? [block.inlines]).map(textOf).join('');
  for (let length = 0; length <= text.length; length += 1) {
    const prefix = text.slice(0, length);
    assert.equal(letters(parseBlocks(prefix).map(allOf).join('')), letters(prefix), prefix);
  }
});

test('parseBlocks_hostileLongLines_areFast', () => {
  for (const text of [
    '*'.repeat(20_000),
    '`'.repeat(20_000),
    '**a'.repeat(7_000),
    '#'.repeat(20_000),
  ]) {
    const start = process.hrtime.bigint();
    parseBlocks(text);
    const millis = Number(process.hrtime.bigint() - start) / 1e6;
    assert.ok(millis < 1_000, `${text.slice(0, 3)}... took ${millis} ms`);
  }
});
