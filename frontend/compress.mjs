// Writes each file once more as brotli, and says how much a first visit downloads.
//
//   node compress.mjs <directory> <file>...

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

const BUDGET_KB = 180;

const [directory, ...files] = process.argv.slice(2);
const kb = (bytes) => `${(bytes / 1000).toFixed(1)} KB`.padStart(10);

let total = 0;
for (const file of files) {
  const raw = readFileSync(join(directory, file));
  const small = brotliCompressSync(raw, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_SIZE_HINT]: raw.length,
    },
  });
  writeFileSync(join(directory, `${file}.br`), small);
  total += small.length;
  console.log(`${file.padEnd(18)} ${kb(raw.length)} raw ${kb(small.length)} brotli`);
}
console.log(`${'first visit'.padEnd(18)} ${kb(total)} brotli, budget ${BUDGET_KB} KB`);
if (total > BUDGET_KB * 1000) {
  console.log('over the budget');
}
