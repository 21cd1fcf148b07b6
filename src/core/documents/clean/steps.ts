/** Runs a document in memory through steps of a recipe. */
import { type ChangeCounts } from './counted';
import { type RuleChange, applyRules } from './parts';
import type { Recipe } from './recipe';
import { type RuleId, ruleOf } from './rules';
import type { DocumentFacts, RuleOnDocument, StartedRule } from './rules/rule';

/** Effect of a step, over the documents that no later step removed. */
export interface Tally extends ChangeCounts {
  rule: RuleId;
  /** Number of removed documents. */
  out: number;
  changed: number;
}
export const newTally = ({ rule }: { rule: RuleId }): Tally => ({ rule, out: 0, changed: 0, places: 0, characters: 0 });

/** Scores of a document by name. */
export type Scores = Readonly<Record<string, number>>;

export type Step = Recipe['steps'][number];
export interface StartedStep {
  rule: RuleId;
  startedRule: StartedRule;
}

export interface DocumentTask {
  facts: DocumentFacts;
  /** Whether the user keeps the document whatever a rule says. */
  isKept: boolean;
  passages: readonly string[];
}
export interface TaskResult {
  /** Absent if nothing changed. */
  passages?: readonly string[];
  /** Removal, with the index of the step. */
  out?: { step: number; reason: string };
  scores: Scores;
  /** By step. */
  changes: readonly ChangeCounts[];
}

export function runSteps(steps: readonly StartedStep[], { facts, isKept, passages }: DocumentTask): TaskResult {
  let current = passages;
  const scores = {};
  const changes = steps.map(() => ({ places: 0, characters: 0 }));
  let pending: RuleChange[] = [];
  const apply = (): void => {
    if (pending.length > 0) current = current.map((passage) => applyRules(pending, passage));
    pending = [];
  };
  for (const [step, startedStep] of steps.entries()) {
    const rule = ruleOnDocument(startedStep, facts);
    if (rule.see || rule.verdict) apply();
    if (rule.see) for (const passage of current) rule.see(passage);
    const verdict = rule.verdict?.();
    Object.assign(scores, verdict?.scores);
    if (verdict?.out !== undefined && !isKept) return { out: { step, reason: verdict.out }, scores, changes };
    const change = rule.changes?.();
    if (change) pending.push({ change, searchPattern: rule.searchPattern, counts: changes[step] });
  }
  apply();
  const isChanged = changes.some(({ places }) => places > 0);
  return { ...(isChanged && { passages: current }), scores, changes };
}

/** Returns a rule without effect if it doesn't apply to the document. */
export const ruleOnDocument = ({ rule, startedRule }: StartedStep, facts: DocumentFacts): RuleOnDocument =>
  isSkipped(facts, rule) ? {} : startedRule.document(facts);

function isSkipped({ code, isPair }: DocumentFacts, id: RuleId): boolean {
  const { kind, isForCode, isForPages } = ruleOf(id);
  return (kind === 'changes' && code !== undefined && !isForCode) || (isPair === true && isForPages === true);
}

/** Whether a document has no text left; for a pair, its input or its target. */
export const isEmptied = (passages: readonly string[], { isPair }: DocumentFacts): boolean =>
  isPair ? passages.some(isBlank) : passages.every(isBlank);
export const isBlank = (text: string): boolean => !/\S/.test(text);
