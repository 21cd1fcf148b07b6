/** A line under a text that says that a model wrote it. */
import { formatCount } from '../base/units';

/**
 * `Written by a language model (moby-dick-1, step 2,600) with Homegrown.`
 * @param step undefined where it isn't known
 */
export const markOf = (name: string, step: number | undefined): string =>
  `Written by a language model (${name}${step === undefined ? '' : `, step ${formatCount(step)}`}) with Homegrown.`;

/** The text, then the mark as a paragraph of its own. */
export const withMark = (text: string, mark: string): string => `${text.trimEnd()}\n\n${mark}`;
