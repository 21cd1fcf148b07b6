// Runs a bundled file (bundle.mjs) with V8's cached code of its earlier runs: node compiled.mjs FILE ARGUMENTS… A short
// command spends most of its time on V8's compilation of functions at their first call.
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
  // A bundle is all ASCII. The wrapper provides the globals of Node's own modules.
  `(function (require, __filename, __dirname) {${readFileSync(file, 'latin1')}\n})`,
  { filename: file, cachedData: last?.compiled },
);
process.on('exit', () => {
  const { bytecode_and_metadata_size: size } = getHeapCodeStatistics();
  if (script.cachedDataRejected !== false || size > WORTH_KEEPING * last.size) keep(size);
});
const around = Object.assign(createRequire(file), { late: (what) => import(what) });
script.runInThisContext()(around, file, dirname(file));

/** Reads the cache and verifies it: V8 would crash on damaged code. */
function lastKept() {
  try {
    const kept = deserialize(readFileSync(place));
    return kept.sha256 === sha256(kept.compiled) ? kept : undefined;
  } catch {
    return undefined;
  }
}

/** Writes the cache atomically, whoever else writes it. In a read-only folder, each run compiles. */
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
