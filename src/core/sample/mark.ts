/** Line under a text that marks it as generated. */
import { formatCount } from '../base/units';

/**
 * `Written by a language model (moby-dick-1, step 2,600) with Homegrown.`
 * @param step undefined if unknown
 */
export const markOf = (name: string, step: number | undefined): string =>
  `Written by a language model (${name}${step === undefined ? '' : `, step ${formatCount(step)}`}) with Homegrown.`;

/** Text with the mark as a separate last paragraph. */
export const withMark = (text: string, mark: string): string => `${text.trimEnd()}\n\n${mark}`;
