/** Add a cleaning rule: its file, and its line here. */
import { controls } from './controls';
import { hyphenation } from './hyphenation';
import { length } from './length';
import { lineEnds } from './lineEnds';
import type { Rule } from './rule';
import { unicode } from './unicode';
import { whiteSpace } from './whiteSpace';

/** By the names that they have in recipes, which do not change; in the order in which they are offered. */
export const RULES = {
  unicode,
  controls,
  lineEnds,
  hyphenation,
  whiteSpace,
  length,
} as const;
export type RuleId = keyof typeof RULES;

/** Any of them, seen through what they share. */
export const ruleOf = (id: RuleId): Rule => RULES[id];
