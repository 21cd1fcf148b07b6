/** How much of a written text stands word for word in the project's texts. */
import type { Copied } from '../core/evaluate/copied';
import { useStudio } from './react';
import { useWorkerValue } from './useWorkerValue';

/**
 * Longest passage of a written text that stands in the project's texts. Undefined until it is known, without texts, and if the
 * texts can't be read, which the page Text reports.
 * @param written empty while it is still written
 */
export function useCopied(written: string): Copied | undefined {
  const ids = useStudio((s) => s.texts.map(({ id }) => id).join(' '));
  const isAsked = ids !== '' && written.trim() !== '';
  return useWorkerValue('copied', isAsked ? { texts: ids.split(' '), written } : undefined).value;
}
