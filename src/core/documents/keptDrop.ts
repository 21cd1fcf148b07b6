/** What is stored with a project of its last drop: the files that were not added, a bounded list of them. */
import { cutTo } from '../base/textLimits';
import { z } from '../base/zod';
import { type SkippedFile, TITLES } from './dropReport';

export interface KeptDrop {
  /** Numbers of files. */
  added: number;
  skipped: number;
  failed: number;
  /** Of those, as many as fit in MAX_FILES and MAX_BYTES. */
  skippedFiles: readonly SkippedFile[];
  failedFiles: readonly FailedWords[];
}
/** A file that could not be added, and a sentence of why. */
export interface FailedWords {
  name: string;
  why: string;
}

/** @returns null if nothing was left out */
export function keptDrop(
  added: number,
  skipped: readonly SkippedFile[],
  failed: readonly FailedWords[],
): KeptDrop | null {
  if (skipped.length + failed.length === 0) return null;
  let [files, bytes] = [0, 0];
  const fits = ({ name, why }: FailedWords): boolean => {
    if (files >= MAX_FILES) return false;
    bytes += encoder.encode(name).length + encoder.encode(why).length;
    return bytes <= MAX_BYTES && ++files <= MAX_FILES;
  };
  const short = <F extends FailedWords>(file: F): F => {
    return { ...file, name: cutTo(file.name, MAX_NAME), why: cutTo(file.why, MAX_WHY) };
  };
  return {
    added,
    skipped: skipped.length,
    failed: failed.length,
    failedFiles: failed.slice(0, MAX_FILES).map(short).filter(fits),
    skippedFiles: skipped.slice(0, MAX_FILES).map(short).filter(fits),
  };
}
export const MAX_FILES = 100;
/** Of names and reasons: the project is saved with each of its changes. */
export const MAX_BYTES = 16_384;
/** Code units. */
const MAX_NAME = 255;
const MAX_WHY = 400;
const encoder = new TextEncoder();

const count = z.int().nonnegative();
const words = z.string();
/** A reason of a newer version is another one. */
const reason = z.enum(Object.keys(TITLES) as [SkippedFile['reason']]).catch('other');
export const keptDropSchema: z.ZodType<KeptDrop> = z.looseObject({
  added: count,
  skipped: count,
  failed: count,
  skippedFiles: z.array(z.looseObject({ name: words, why: words, reason })),
  failedFiles: z.array(z.looseObject({ name: words, why: words })),
});
