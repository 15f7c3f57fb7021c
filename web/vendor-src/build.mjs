// Builds web/site/vendor from the pinned packages of package-lock.json:
//
//     npm ci --ignore-scripts && node build.mjs [output folder]
//
// The result is byte for byte the same wherever it is built; SHA256SUMS and web/test/vendor.test.mjs
// hold us to that. Nothing here runs when the page is served: the bundles are committed.
import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const output = resolve(process.argv[2] ?? join(here, '../site/vendor'));
const modules = join(here, 'node_modules');

const BUNDLES = ['cashu', 'qr'];

const FONTS = [
  ['bricolage-grotesque', 'bricolage-grotesque-latin-wght-normal.woff2'],
  ['hanken-grotesk', 'hanken-grotesk-latin-wght-normal.woff2'],
  ['jetbrains-mono', 'jetbrains-mono-latin-wght-normal.woff2'],
];

/** Bundles one entry and returns the names of the packages that ended up in it. */
async function bundle(name) {
  const result = await build({
    absWorkingDir: here,
    entryPoints: [`${name}.in.mjs`],
    outfile: join(output, `${name}.mjs`),
    bundle: true,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    minify: true,
    legalComments: 'none',
    charset: 'utf8',
    metafile: true,
    logLevel: 'warning',
  });
  return Object.keys(result.metafile.inputs)
    .map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1])
    .filter((found) => found !== undefined);
}

/** The licence texts of a package, as its files have them. */
async function licenceOf(packageName) {
  const folder = join(modules, packageName);
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const files = (await readdir(folder)).filter((file) => /^licen[cs]e/i.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  if (texts.length === 0) {
    throw new Error(`${packageName} has no licence file: find its text before shipping it`);
  }
  const rule = '='.repeat(78);
  const title = `${packageName} ${manifest.version} (${manifest.license})`;
  return `${rule}\n${title}\n${rule}\n\n${texts.map((text) => text.trim()).join('\n\n')}\n`;
}

/** One line per file, as `sha256sum -c SHA256SUMS` reads it. */
async function checksums() {
  const files = (await readdir(output)).filter((file) => file !== 'SHA256SUMS').sort();
  const lines = await Promise.all(
    files.map(async (file) => {
      const digest = createHash('sha256').update(await readFile(join(output, file)));
      return `${digest.digest('hex')}  ${file}\n`;
    }),
  );
  return lines.join('');
}

await rm(output, { recursive: true, force: true });
await mkdir(output, { recursive: true });
const packages = new Set();
for (const name of BUNDLES) {
  (await bundle(name)).forEach((found) => packages.add(found));
}
for (const [font, file] of FONTS) {
  packages.add(`@fontsource-variable/${font}`);
  await cp(join(modules, '@fontsource-variable', font, 'files', file), join(output, file));
}
const licences = await Promise.all([...packages].sort().map(licenceOf));
await writeFile(
  join(output, 'THIRD-PARTY.txt'),
  'Third-party code and fonts in this folder, with their licences.\n\n' + licences.join('\n'),
);
await writeFile(join(output, 'SHA256SUMS'), await checksums());
