/** A document that is held through steps of a recipe. */
import { type Changes } from './counted';
import { type Applied, applied } from './parts';
import type { Recipe } from './recipe';
import { type RuleId, ruleOf } from './rules';
import type { DocumentFacts, OnDocument, Working } from './rules/rule';

/** What a step did to all documents so far that no later step has left out. */
export interface Tally extends Changes {
  rule: RuleId;
  /** Which it left out, in documents. */
  out: number;
  changed: number;
}
export const tallyOf = ({ rule }: { rule: RuleId }): Tally => ({ rule, out: 0, changed: 0, places: 0, characters: 0 });

/** What was measured of a document, by name. */
export type Scores = Readonly<Record<string, number>>;

export type Step = Recipe['steps'][number];
export interface AtWork {
  rule: RuleId;
  working: Working;
}

export interface Held {
  facts: DocumentFacts;
  /** It stays whatever a rule says. */
  isKept: boolean;
  passages: readonly string[];
}
export interface Through {
  /** Absent where nothing is changed. */
  passages?: readonly string[];
  /** By which of the steps it is left out. */
  out?: { step: number; reason: string };
  scores: Scores;
  /** By step. */
  changes: readonly Changes[];
}

export function throughSteps(steps: readonly AtWork[], { facts, isKept, passages }: Held): Through {
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

/** Nothing of one that the rule is not for. */
export const onDocument = ({ rule, working }: AtWork, facts: DocumentFacts): OnDocument =>
  isLeft(facts, rule) ? {} : working.document(facts);

function isLeft({ code, isPair }: DocumentFacts, id: RuleId): boolean {
  const { kind, isForCode, isForPages } = ruleOf(id);
  return (kind === 'changes' && code !== undefined && !isForCode) || (isPair === true && isForPages === true);
}

/** Whether nothing is left of a document; of a pair, of its input or of its target. */
export const isEmptied = (passages: readonly string[], { isPair }: DocumentFacts): boolean =>
  isPair ? passages.some(isBlank) : passages.every(isBlank);
export const isBlank = (text: string): boolean => !/\S/.test(text);
