// Runs a file that was bundled (bundle.mjs), compiled as far as it was when it ran before: node compiled.mjs FILE ARGUMENTS…
// Most of what a short command takes is V8's compiling of functions when they are first called.
import { createHash } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { cachedDataVersionTag, deserialize, getHeapCodeStatistics, serialize } from 'node:v8';
import { Script } from 'node:vm';

/** Factor by which compiled code must grow before it is cached again: an export compiles more than --help. */
const WORTH_KEEPING = 1.1;

process.argv.splice(1, 1); // as if Node had been started with the file
const [, file] = process.argv;
/** The cache holds for this V8 version, its flags and this kind of processor. */
const place = `${file}.${cachedDataVersionTag().toString(16)}`;
const last = lastKept();
const script = new Script(
  // All that a bundle holds is ASCII. It has around it what Node's own modules have.
  `(function (require, __filename, __dirname) {${readFileSync(file, 'latin1')}\n})`,
  { filename: file, cachedData: last?.compiled },
);
process.on('exit', () => {
  const { bytecode_and_metadata_size: size } = getHeapCodeStatistics();
  if (script.cachedDataRejected !== false || size > WORTH_KEEPING * last.size) keep(size);
});
const around = Object.assign(createRequire(file), { late: (what) => import(what) });
script.runInThisContext()(around, file, dirname(file));

/** Checked, as V8 does not: it would break down over what is damaged. */
function lastKept() {
  try {
    const kept = deserialize(readFileSync(place));
    return kept.sha256 === sha256(kept.compiled) ? kept : undefined;
  } catch {
    return undefined;
  }
}

/** Whole or not at all, whoever else writes it now. Where nothing can be written, it is compiled each time. */
function keep(size) {
  const part = `${place}.${process.pid}`;
  const compiled = script.createCachedData();
  try {
    writeFileSync(part, serialize({ size, sha256: sha256(compiled), compiled }));
    renameSync(part, place);
  } catch {
    rmSync(part, { force: true });
  }
}

function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}
