import type { Normalizer } from '../../base/normalizer';
import type { Recipe } from './recipe';
import { ruleOf } from './rules';

/** What does to a prompt what the rules of a recipe that normalise do to a text: of steps that are on, in their order. */
export const normalizersOf = ({ steps }: Recipe): readonly Normalizer[] =>
  steps.flatMap(({ rule, isOn, settings }) => (isOn ? (ruleOf(rule).normalizers?.(settings as never) ?? []) : []));
