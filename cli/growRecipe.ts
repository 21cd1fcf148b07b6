/** The batch and the power of a run, in words and by flags. */
import { formatCount } from '../src/core/base/units';
import type { BaseConfig } from '../src/core/models/spec';
import type { Power } from '../src/core/train/energy';
import { type Recipe, tokensPerStep } from '../src/core/train/recipe';
import type { OPTIONS } from './growOptions';
import type { Values } from './options';

/** `An update learns from 16,384 tokens: 256 rows of 64, in 4 micro-batches.` */
export function batchWords(recipe: Recipe, { context }: BaseConfig): string {
  const { batch, accumulate } = recipe;
  const parts = accumulate === 1 ? '' : `, in ${formatCount(accumulate)} micro-batches`;
  const rows = `${formatCount(batch * accumulate)} rows of ${formatCount(context)}`;
  return `Tokens per update: ${formatCount(tokensPerStep(recipe, context))}, ${rows}${parts}.`;
}

/** `--watts` and `--price`. */
export const powerOf = ({ watts, price }: Values<typeof OPTIONS>): Power => ({
  ...(watts !== undefined && { watts }),
  price,
});
