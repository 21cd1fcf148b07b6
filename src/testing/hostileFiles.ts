/**
 * Files made to hang a reader, exhaust memory, or cause unexpected errors. Has small ones of every structured format,
 * and valid ones with bytes changed by a seed. `scripts/hostileFiles.ts` writes them to a folder.
 */
import { concatBytes } from '../core/base/concat';
import { EVERY_FORMAT } from './everyFormat';
import { LARGE } from './hostile/large';
import { OFFICE } from './hostile/office';
import { PDF } from './hostile/pdf';
import { type Hostile, type HostileFiles, utf8 } from './hostile/made';
import { TABLES } from './hostile/tables';
import { TEXT } from './hostile/text';

/** Number of mutations per format. */
const SEEDS = 12;

/** Flips bytes, truncates, and repeats a piece, by the seed. */
function mutated(bytes: Uint8Array, seed: number): Uint8Array {
  let state = seed * 2_654_435_761 + 1;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const changed = bytes.slice(0, next(4) === 0 ? next(bytes.length) : bytes.length);
  for (let i = next(8); i > 0 && changed.length > 0; i--) changed[next(changed.length)] = next(256);
  const [from, length] = [next(changed.length), next(64)];
  const piece = changed.subarray(from, from + length);
  return next(3) === 0 ? concatBytes([changed.subarray(0, from), piece, piece, changed.subarray(from)]) : changed;
}

function mutatedOf(files: Readonly<Record<string, string | Uint8Array>>): HostileFiles {
  const mutatedFiles: Record<string, Uint8Array> = {};
  for (let seed = 0; seed < SEEDS; seed++)
    for (const [path, content] of Object.entries(files))
      mutatedFiles[path.replace(/^everything\//, `everything ${seed}/`)] = mutated(
        typeof content === 'string' ? utf8(content) : content,
        seed + 1,
      );
  return mutatedFiles;
}

const MUTATED: Hostile = Object.fromEntries(
  Object.entries(EVERY_FORMAT).map(([format, { files }]) => [`${format} with bytes changed`, () => mutatedOf(files)]),
);

export const HOSTILE: Hostile = { ...OFFICE, ...PDF, ...TEXT, ...TABLES, ...LARGE, ...MUTATED };
