// Writes each file once more as brotli, and says how much a first visit downloads: until its page is live, and after that.
// Fails over the budget.
//
//   node compress.mjs <directory> <file of the first load>... -- <file that comes later>...

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

const BUDGET_KB = 110;

const [directory, ...files] = process.argv.slice(2);
const kb = (bytes) => `${(bytes / 1000).toFixed(1)} KB`.padStart(10);

function compress(file) {
  const raw = readFileSync(join(directory, file));
  const small = brotliCompressSync(raw, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_SIZE_HINT]: raw.length,
    },
  });
  writeFileSync(join(directory, `${file}.br`), small);
  console.log(`  ${file.padEnd(40)} ${kb(raw.length)} raw ${kb(small.length)} brotli`);
  return small.length;
}

function sum(title, files) {
  console.log(title);
  const total = files.map(compress).reduce((total, size) => total + size, 0);
  console.log(`  ${''.padEnd(40)} ${''.padEnd(14)} ${kb(total)} brotli`);
  return total;
}

const cut = files.indexOf('--');
const first = sum(`first load, until a page is live (budget ${BUDGET_KB} KB)`, files.slice(0, cut));
sum('after that: the dialog, and a deploy that is followed', files.slice(cut + 1));
if (first > BUDGET_KB * 1000) {
  console.error('The first load is over its budget.');
  process.exitCode = 1;
}
