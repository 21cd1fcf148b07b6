/** Longest verbatim overlap of a generated text with the project's texts. */
import type { Copied } from '../core/evaluate/copied';
import { useStudio } from './react';
import { useWorkerValue } from './useWorkerValue';

/**
 * Longest passage of a generated text that occurs in the project's texts. Undefined until known, without texts, and if
 * the texts can't be read, which the page Text reports.
 * @param written empty during generation
 */
export function useCopied(written: string): Copied | undefined {
  const ids = useStudio((s) => s.texts.map(({ id }) => id).join(' '));
  const isAsked = ids !== '' && written.trim() !== '';
  return useWorkerValue('copied', isAsked ? { texts: ids.split(' '), written } : undefined).value;
}
