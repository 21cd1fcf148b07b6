/** Record of a project's last drop: counts, and a bounded list of the files that were not added. */
import { cutTo } from '../base/textLimits';
import { z } from '../base/zod';
import { type SkippedFile, TITLES } from './dropReport';

export interface KeptDrop {
  /** Numbers of files, including unlisted ones. */
  added: number;
  skipped: number;
  failed: number;
  /** As many of the files as fit in MAX_FILES and MAX_BYTES. */
  skippedFiles: readonly SkippedFile[];
  failedFiles: readonly FailedWords[];
}
/** A file that could not be added, and the reason as a sentence. */
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
  const shortened = <F extends FailedWords>(file: F): F => {
    return { ...file, name: cutTo(file.name, MAX_NAME), why: cutTo(file.why, MAX_WHY) };
  };
  return {
    added,
    skipped: skipped.length,
    failed: failed.length,
    failedFiles: failed.slice(0, MAX_FILES).map(shortened).filter(fits),
    skippedFiles: skipped.slice(0, MAX_FILES).map(shortened).filter(fits),
  };
}
export const MAX_FILES = 100;
/** Limit on the UTF-8 of names and reasons, because every change of the project saves them again. */
export const MAX_BYTES = 16_384;
/** Code units of a name, and of a reason. */
const MAX_NAME = 255;
const MAX_WHY = 400;
const encoder = new TextEncoder();

const count = z.int().nonnegative();
const words = z.string();
/** Maps reasons of newer versions to `other`. */
const reason = z.enum(Object.keys(TITLES) as [SkippedFile['reason']]).catch('other');
export const keptDropSchema: z.ZodType<KeptDrop> = z.looseObject({
  added: count,
  skipped: count,
  failed: count,
  skippedFiles: z.array(z.looseObject({ name: words, why: words, reason })),
  failedFiles: z.array(z.looseObject({ name: words, why: words })),
});
