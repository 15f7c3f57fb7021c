// The committed third-party files are what their checksums say, and what a rebuild gives.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { test } from 'node:test';

const VENDOR = fileURLToPath(new URL('../site/vendor/', import.meta.url));
const SOURCES = fileURLToPath(new URL('../vendor-src/', import.meta.url));
const INPUTS = [
  'package.json',
  'package-lock.json',
  '.npmrc',
  'build.mjs',
  'cashu.in.mjs',
  'qr.in.mjs',
];
const INSTALL_MILLIS = 120_000;

const run = promisify(execFile);
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

test('vendor_everyFile_hasTheChecksumThatIsCommitted', async () => {
  const sums = await readFile(join(VENDOR, 'SHA256SUMS'), 'utf8');
  const listed = new Map(
    sums
      .trim()
      .split('\n')
      .map((line) => line.split('  ').reverse()),
  );
  const files = (await readdir(VENDOR)).filter((file) => file !== 'SHA256SUMS');
  assert.deepEqual([...listed.keys()].sort(), files.sort());
  for (const file of files) {
    assert.equal(sha256(await readFile(join(VENDOR, file))), listed.get(file), file);
  }
});

test('vendor_lockFile_namesNoRegistryAndPinsEveryPackage', async () => {
  const text = await readFile(join(SOURCES, 'package-lock.json'), 'utf8');
  assert.doesNotMatch(text, /"resolved"/);
  const { packages } = JSON.parse(text);
  for (const [name, entry] of Object.entries(packages)) {
    assert.ok(name === '' || /^sha512-/.test(entry.integrity), `${name} has no checksum`);
  }
  const { dependencies, devDependencies } = packages[''];
  for (const version of Object.values({ ...dependencies, ...devDependencies })) {
    assert.match(version, /^\d+\.\d+\.\d+$/, 'versions are exact');
  }
});

test('vendor_rebuildInAnotherFolder_isByteIdentical', async (context) => {
  const folder = await mkdtemp(join(tmpdir(), 'owlrun-vendor-'));
  try {
    await Promise.all(INPUTS.map((file) => cp(join(SOURCES, file), join(folder, file))));
    try {
      const options = { cwd: folder, timeout: INSTALL_MILLIS };
      await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], options);
    } catch (error) {
      context.skip(`npm ci did not work here: ${error.message.split('\n')[0]}`);
      return;
    }
    await run(process.execPath, ['build.mjs', join(folder, 'out')], { cwd: folder });
    const built = await readFile(join(folder, 'out', 'SHA256SUMS'), 'utf8');
    assert.equal(built, await readFile(join(VENDOR, 'SHA256SUMS'), 'utf8'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
