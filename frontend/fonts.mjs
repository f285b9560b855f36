// Writes the two typefaces of the console, cut down to the characters and weights that its pages use, and their licences.
// A character that is not among them is shown in a typeface of the machine.
//
//   node fonts.mjs <directory>

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import subsetFont from 'subset-font';

const BUDGET_KB = 60;
const modules = join(import.meta.dirname, 'node_modules', '@fontsource-variable');
const fonts = [
  { name: 'inter', package: 'inter', file: 'inter-latin-wght-normal.woff2', weights: { min: 400, max: 600 } },
  { name: 'mono', package: 'jetbrains-mono', file: 'jetbrains-mono-latin-wght-normal.woff2', weights: 400 },
];

// Latin 1, and what the console writes beside it.
const range = (from, to) => Array.from({ length: to - from + 1 }, (_, index) => String.fromCodePoint(from + index)).join('');
const text = range(0x20, 0x7e) + range(0xa0, 0xff) + '–—‘’“”•…←↑→↓↗−×≤≥';

const [directory] = process.argv.slice(2);
let total = 0;
const licences = [];
for (const font of fonts) {
  const folder = join(modules, font.package);
  const whole = readFileSync(join(folder, 'files', font.file));
  const small = await subsetFont(whole, text, { targetFormat: 'woff2', variationAxes: { wght: font.weights } });
  writeFileSync(join(directory, `${font.name}.woff2`), small);
  licences.push(readFileSync(join(folder, 'LICENSE'), 'utf8'));
  total += small.length;
  console.log(`  ${font.name}.woff2 ${(small.length / 1000).toFixed(1)} KB of ${(whole.length / 1000).toFixed(1)} KB`);
}
writeFileSync(join(directory, 'fonts-licence.txt'), licences.join('\n\n'));
if (total > BUDGET_KB * 1000) {
  console.error(`The typefaces are over their budget of ${BUDGET_KB} KB.`);
  process.exitCode = 1;
}
