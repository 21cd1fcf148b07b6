/** Runs a document in memory through steps of a recipe. */
import { type Changes } from './counted';
import { type Applied, applied } from './parts';
import type { Recipe } from './recipe';
import { type RuleId, ruleOf } from './rules';
import type { DocumentFacts, OnDocument, Working } from './rules/rule';

/** Effect of a step, over the documents that no later step removed. */
export interface Tally extends Changes {
  rule: RuleId;
  /** Number of removed documents. */
  out: number;
  changed: number;
}
export const tallyOf = ({ rule }: { rule: RuleId }): Tally => ({ rule, out: 0, changed: 0, places: 0, characters: 0 });

/** Scores of a document by name. */
export type Scores = Readonly<Record<string, number>>;

export type Step = Recipe['steps'][number];
export interface StartedStep {
  rule: RuleId;
  working: Working;
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
  changes: readonly Changes[];
}

export function runSteps(steps: readonly StartedStep[], { facts, isKept, passages }: DocumentTask): TaskResult {
  let held = passages;
  const scores = {};
  const changes = steps.map(() => ({ places: 0, characters: 0 }));
  let pending: Applied[] = [];
  const apply = (): void => {
    if (pending.length > 0) held = held.map((passage) => applied(pending, passage));
    pending = [];
  };
  for (const [step, atWork] of steps.entries()) {
    const on = onDocument(atWork, facts);
    if (on.see || on.verdict) apply();
    if (on.see) for (const passage of held) on.see(passage);
    const verdict = on.verdict?.();
    Object.assign(scores, verdict?.scores);
    if (verdict?.out !== undefined && !isKept) return { out: { step, reason: verdict.out }, scores, changes };
    const change = on.changes?.();
    if (change) pending.push({ change, finds: on.finds, into: changes[step] });
  }
  apply();
  const isChanged = changes.some(({ places }) => places > 0);
  return { ...(isChanged && { passages: held }), scores, changes };
}

/** Returns a rule without effect if it doesn't apply to the document. */
export const onDocument = ({ rule, working }: StartedStep, facts: DocumentFacts): OnDocument =>
  isLeft(facts, rule) ? {} : working.document(facts);

function isLeft({ code, isPair }: DocumentFacts, id: RuleId): boolean {
  const { kind, isForCode, isForPages } = ruleOf(id);
  return (kind === 'changes' && code !== undefined && !isForCode) || (isPair === true && isForPages === true);
}

/** Whether a document has no text left; for a pair, its input or its target. */
export const isEmptied = (passages: readonly string[], { isPair }: DocumentFacts): boolean =>
  isPair ? passages.some(isBlank) : passages.every(isBlank);
export const isBlank = (text: string): boolean => !/\S/.test(text);
