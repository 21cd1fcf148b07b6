import type { Normalizer } from '../../base/normalizer';
import type { Recipe } from './recipe';
import { ruleOf } from './rules';

/** Normalizers that change a prompt as the recipe's active steps change a text, in order. */
export const normalizersOf = ({ steps }: Recipe): readonly Normalizer[] =>
  steps.flatMap(({ rule, isOn, settings }) => (isOn ? (ruleOf(rule).normalizers?.(settings as never) ?? []) : []));
