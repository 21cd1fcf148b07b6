/** Add a cleaning rule: its file, and its line here. */
import { length } from './length';
import type { Rule } from './rule';
import { whiteSpace } from './whiteSpace';

/** By the names that they have in recipes, which do not change; in the order in which they are offered. */
export const RULES = {
  whiteSpace,
  length,
} as const;
export type RuleId = keyof typeof RULES;

/** Any of them, seen through what they share. */
export const ruleOf = (id: RuleId): Rule => RULES[id];
