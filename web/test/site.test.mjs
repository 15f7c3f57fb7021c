// Rules for every file of the site that we wrote: nothing turns text into code or markup, nothing
// comes from elsewhere, and money is kept where a killed browser leaves it.
import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';

const SITE = fileURLToPath(new URL('../site/', import.meta.url));

async function filesOf(folder) {
  const entries = await readdir(folder, { withFileTypes: true });
  const lists = await Promise.all(
    entries
      .filter((entry) => entry.name !== 'vendor')
      .map((entry) => {
        const path = join(folder, entry.name);
        return entry.isDirectory() ? filesOf(path) : [path];
      }),
  );
  return lists.flat();
}

const files = (await filesOf(SITE)).map((path) => ({ path, name: relative(SITE, path) }));
const sources = await Promise.all(
  files.map(async ({ path, name }) => ({ name, text: await readFile(path, 'utf8') })),
);

const BANNED = [
  [/\b(inner|outer)HTML\b/, 'markup from text'],
  [/insertAdjacentHTML|createContextualFragment|setHTML|parseFromString/, 'markup from text'],
  [/document\.write/, 'markup from text'],
  [/\beval\s*\(|new Function\b|setTimeout\(\s*['"`]/, 'code from text'],
  [/\sstyle="/, 'inline style, which the policy forbids'],
  [/\son\w+\s*=\s*"/, 'inline script, which the policy forbids'],
  [/<script(?![^>]*\ssrc=)/, 'inline script, which the policy forbids'],
  [/<style/, 'inline style, which the policy forbids'],
  [/\b(localStorage|sessionStorage)\b(?!:)/, 'storage that a killed browser loses'],
  [/console\.(log|info|debug)/, 'leftover output'],
  [/Math\.random/, 'chance that is not safe for money'],
  [/parseFloat/, 'fractions'],
];

test('site_ownFiles_exist', () => {
  assert.ok(sources.length > 25, `only ${sources.length} files found`);
});

for (const [pattern, reason] of BANNED) {
  test(`site_ownFiles_haveNo ${pattern.source}`, () => {
    for (const { name, text } of sources) {
      const code = name.endsWith('.js') ? withoutComments(text) : text;
      const found = pattern.exec(code);
      assert.equal(found, null, `${name}: ${reason}: ${found?.[0]}`);
    }
  });
}

test('site_ownFiles_loadNothingFromElsewhere', () => {
  for (const { name, text } of sources) {
    const loads = /(?:src|href)="(?:https?:)?\/\/|url\(["']?https?:|from '(?!\.)|import\('(?!\.)/;
    assert.doesNotMatch(text, loads, name);
  }
});

test('site_cashuLibrary_isKnownToOneModule', () => {
  const users = sources.filter(({ text }) => text.includes('vendor/cashu.mjs'));
  assert.deepEqual(users.map(({ name }) => name).sort(), ['index.html', 'js/wallet/cashu.js']);
});

test('site_everyModule_startsByTellingWhatItIs', () => {
  for (const { name, text } of sources.filter((source) => source.name.endsWith('.js'))) {
    assert.match(text, /^\/\/ \S/, name);
  }
});

test('site_everyModule_isShortAndNarrow', () => {
  for (const { name, text } of sources.filter((source) => /\.(js|css)$/.test(source.name))) {
    const lines = text.split('\n');
    assert.ok(lines.length <= 320, `${name} has ${lines.length} lines`);
    if (name.endsWith('.js')) {
      const wide = lines.findIndex((line) => line.length > 100);
      assert.equal(wide, -1, `${name}:${wide + 1} is wider than 100 columns`);
    }
  }
});

test('site_idsUsedByScripts_areInThePage', () => {
  const page = sources.find(({ name }) => name === 'index.html').text;
  const ids = new Set([...page.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1]));
  for (const { name, text } of sources) {
    for (const [, id] of text.matchAll(/byId\('([^']+)'\)/g)) {
      assert.ok(ids.has(id), `${name} uses #${id}, which index.html does not have`);
    }
  }
});

test('site_testHooks_areInThePageOrItsScripts', () => {
  const all = sources.map(({ text }) => text).join('\n');
  const hooks =
    'balance top-up top-up-amount top-up-confirm invoice model message send stop answer receipt ' +
    'withdraw withdraw-amount withdraw-confirm withdraw-token receive receive-token ' +
    'receive-confirm error';
  for (const hook of hooks.split(' ')) {
    const isThere = all.includes(`data-test="${hook}"`) || all.includes(`test: '${hook}'`);
    assert.ok(isThere || all.includes(`dataset.test = '${hook}'`), hook);
  }
});

function withoutComments(text) {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
}
