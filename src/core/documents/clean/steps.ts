/** A document that is held through steps of a recipe. */
import { countCharacters } from '../../base/utf8';
import type { Recipe } from './recipe';
import { type RuleId, ruleOf } from './rules';
import type { DocumentFacts, OnDocument, Working } from './rules/rule';

/** What a step did to all documents so far that no later step has left out. */
export interface Tally {
  rule: RuleId;
  /** Which it left out, in documents. */
  out: number;
  changed: number;
  places: number;
  /** Code points that came, less those that went. */
  characters: number;
}
export type Changes = Pick<Tally, 'places' | 'characters'>;
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
  const held = [...passages];
  const scores = {};
  const changes = steps.map(() => ({ places: 0, characters: 0 }));
  const counted = held.map(() => new Counted());
  for (const [step, atWork] of steps.entries()) {
    const on = onDocument(atWork, facts);
    if (on.see) for (const passage of held) on.see(passage);
    const verdict = on.verdict?.();
    Object.assign(scores, verdict?.scores);
    if (verdict?.out !== undefined && !isKept) return { out: { step, reason: verdict.out }, scores, changes };
    const change = on.changes?.();
    if (change)
      for (const [i, passage] of held.entries()) held[i] = changed(change, passage, changes[step], counted[i]);
  }
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

/** A passage that a rule changed; the same string where it did not. */
export function changed(change: Change, passage: string, into?: Changes, counted = new Counted()): string {
  const { text, places, characters } = change(passage);
  if (places === 0) return passage;
  if (into) {
    into.places += places;
    into.characters += characters === undefined ? counted.byChange(passage, text) : counted.told(characters);
  }
  return text;
}
type Change = ReturnType<NonNullable<OnDocument['changes']>>;

/** Counts the characters of a passage once for all rules that change it in turn. */
export class Counted {
  private characters?: number;
  /** @param before what the last change made of it, or the passage  -> characters that came, less those that went */
  byChange(before: string, text: string): number {
    const were = this.characters ?? countCharacters(before);
    this.characters = countCharacters(text);
    return this.characters - were;
  }
  /** @param by characters that came, less those that went */
  told(by: number): number {
    if (this.characters !== undefined) this.characters += by;
    return by;
  }
}
