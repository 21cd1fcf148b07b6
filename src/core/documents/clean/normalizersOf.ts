import type { Normalizer } from '../../base/normalizer';
import type { Recipe } from './recipe';
import { ruleOf } from './rules';

/** Normalizers that do to a prompt what the recipe's active steps do to a text, in order. */
export const normalizersOf = ({ steps }: Recipe): readonly Normalizer[] =>
  steps.flatMap(({ rule, isOn, settings }) => (isOn ? (ruleOf(rule).normalizers?.(settings as never) ?? []) : []));
