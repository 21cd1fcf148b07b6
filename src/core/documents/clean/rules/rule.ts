/** Interface of a cleaning rule. To add one: its file in this folder, and its line in index.ts. */
import type { Fields, ValuesOf } from '../../../base/field';
import type { Normalizer } from '../../../base/normalizer';
import { countCharacters } from '../../../base/utf8';

interface RuleDescription<F extends Fields> {
  label: string;
  /** Short description, shown after the label. */
  does: string;
  /** Drawbacks or costs, if any. */
  costs?: string;
  /** Source of its method and thresholds. */
  source: string;
  fields: F;
  /** Whether the rule changes documents or removes some. */
  kind: 'changes' | 'leaves out';
  /** Whether the rule changes programs too. Other rules leave them unchanged. */
  isForCode?: true;
  /** Whether the rule concerns lines of pages. If so, pairs stay unchanged. */
  isForPages?: true;
  /** Measures of documents, by score name. */
  measures?: Readonly<Record<string, StatedMeasure<keyof F & string>>>;
  /** Reason for its place in the recommended recipe; absent if it isn't in it. */
  recommended?: string;
  /** Why a second application may change more; absent: it never does. */
  notIdempotent?: string;
}

/** Display of a score, and the settings that bound it. */
export interface StatedMeasure<Name extends string = string> {
  label: string;
  format(value: number): string;
  /** Documents below `min` or above `max` are removed. */
  min?: Name;
  max?: Name;
  /** Value of `least` and `max` that disables them. */
  unbounded?: number;
  /** In place of `min`: the share of documents to keep, those with the highest scores. Counted within each text. */
  share?: Name;
  /** Advice if nothing is measured. */
  absent?: string;
}

/**
 * One rule. The same text and settings give the same result to the bit, regardless of storage and the number of
 * workers.
 */
export interface Rule<F extends Fields = Fields> extends RuleDescription<F> {
  /** Loads resources that the rule needs. */
  start(settings: ValuesOf<F>): StartedRule | Promise<StartedRule>;
  /** Normalizers that do the same to a prompt, and are exported with the model. */
  normalizers?(settings: ValuesOf<F>): readonly Normalizer[];
}

/** Rule, started for a text. */
export interface StartedRule {
  /**
   * Only for a rule that compares documents. Called for each document in order, before any is cleaned; undefined skips
   * the document.
   */
  survey?(): Survey | undefined;
  /** Minimum number of documents to survey; with fewer, the rule is shown none. */
  minSurveyed?: number;
  document(facts: DocumentFacts): RuleOnDocument;
}
export interface Survey {
  /** Adds a passage of the document. */
  see(passage: string): void;
  /** Ends the document. */
  end(): void;
}

/**
 * A rule's work on one document, which it gets in passages of at most about a mebibyte. A passage ends at a blank line
 * or else a line end, and nearly always there is only one. The rule first sees all passages, if it has `see`. Then it
 * decides whether the document stays, and then changes each passage.
 */
export interface RuleOnDocument {
  see?(passage: string): void;
  verdict?(): Verdict;
  /** Called before each pass over the passages, after all of them were seen; undefined: no passage changes. */
  changes?(): ((passage: string) => ChangedPassage) | undefined;
  /**
   * Only for a rule that changes each passage independently and counts characters; absent: it may look past any line
   * end.
   */
  searchPattern?: SearchPattern | undefined;
}
/**
 * Pattern of what a rule changes: lines without a match stay unchanged and don't affect others. The rule doesn't look
 * past a line end before an ASCII letter or digit.
 */
export interface SearchPattern {
  /**
   * Code units, in the syntax of a regular expression's character class. Keep ranges few, also with those of other
   * rules: V8 takes ten times as long for more than 16.
   */
  units: string;
  /** A further pattern. */
  alternative?: string;
  /** Lines from which the rule may look farther. */
  multiline?: RegExp;
}
/** Ranges for `units`: all except common characters of Latin text, its marks, dashes and quotation marks. */
export const NON_LATIN = '\\u0300-\\u200f\\u2028-\\uffff';
export interface DocumentFacts {
  title: string;
  /** ISO 639-1 code that the document states; absent: unknown. */
  language?: string;
  /** Programming language of a program. */
  code?: string;
  /** The passages are an input and a target, not lines of a page. */
  isPair?: true;
}
/** Reason for removing a document: a sentence with numbers, without a full stop. */
export interface Verdict {
  out?: string;
  /** Scores by name, to show with the verdict and to sort by. */
  scores?: Readonly<Record<string, number>>;
}
export interface ChangedPassage {
  text: string;
  /** Number of changed places; 0: `text` is the passage. */
  places: number;
  /** Code points added, minus those removed; absent: to be counted. */
  characters?: number;
}

/** Rule that changes each passage on its own. */
export const textRule = <F extends Fields>(
  description: Omit<RuleDescription<F>, 'kind'> & {
    changes(settings: ValuesOf<F>): (passage: string) => ChangedPassage;
    searchPattern?(settings: ValuesOf<F>): SearchPattern | undefined;
    normalizers?(settings: ValuesOf<F>): readonly Normalizer[];
  },
): Rule<F> => {
  const { changes, searchPattern: searchPatternFor, ...sharedProperties } = description;
  return {
    ...sharedProperties,
    kind: 'changes',
    start(settings) {
      const change = changes(settings);
      const searchPattern = searchPatternFor?.(settings);
      return { document: () => ({ changes: () => change, searchPattern }) };
    },
  };
};

/** Replaces every match; unchanged matches don't count. @param pattern with the flag `g` */
export function replaceMatches(
  text: string,
  pattern: RegExp,
  replacement: string | ((match: string, ...groups: string[]) => string),
): ChangedPassage {
  let [places, characters] = [0, 0];
  const changed = text.replace(pattern, (match: string, ...groups: unknown[]) => {
    const replacementText = typeof replacement === 'string' ? replacement : replacement(match, ...(groups as string[]));
    if (replacementText === match) return replacementText;
    places++;
    characters += countCharacters(replacementText) - countCharacters(match);
    return replacementText;
  });
  return places === 0 ? { text, places } : { text: changed, places, characters };
}

/** Applies one change after another. */
export const combineChanges = (first: ChangedPassage, second: ChangedPassage): ChangedPassage => ({
  text: second.text,
  places: first.places + second.places,
  characters: (first.characters ?? 0) + (second.characters ?? 0),
});
