/** Documents through a recipe, one after another: what remains of each, or why it is left out. */
import type { Job } from '../../base/job';
import { countCharacters } from '../../base/utf8';
import type { Recipe } from './recipe';
import { type RuleId, ruleOf } from './rules';
import type { DocumentFacts, OnDocument, Working } from './rules/rule';

/** A document as it was read. */
export interface Cleanable extends DocumentFacts {
  sha256: string;
  /** From its start, as often as it is asked for. */
  passages(): AsyncIterable<string>;
}

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

export type Scores = Readonly<Record<string, number>>;
export type Cleaned =
  | {
      isOut: false;
      passages: AsyncIterable<string> | readonly string[];
      scores: Scores;
      /** By step that is on; of one that is not held right when its passages have been read. */
      changes: readonly Changes[];
    }
  /** `step`: of those that are on; null where nothing is left of it. */
  | { isOut: true; step: number | null; reason: string; scores: Scores };

/** Code units of a document that is held while it is cleaned; of a longer one its passages are read for each look at it. */
const MOST_HELD = 2 ** 23;

export class Cleaning {
  private constructor(
    private readonly steps: readonly Working[],
    readonly tallies: readonly Tally[],
    private readonly kept: ReadonlySet<string>,
  ) {}

  /**
   * Loads what the rules need, and shows all documents to those that need to have seen them.
   * @param documents all that are to be cleaned, from the first, as often as it is asked for
   */
  static async start(
    { steps, kept }: Recipe,
    documents: () => AsyncIterable<Cleanable> | Iterable<Cleanable>,
    { signal }: Job,
  ): Promise<Cleaning> {
    const on = steps.filter(({ isOn }) => isOn);
    const stay = new Set(kept);
    const working: Working[] = [];
    for (const { rule, settings } of on) {
      const next = await ruleOf(rule).start(settings as never);
      if (next.survey && (await areAtLeast(next.leastSurveyed ?? 0, documents()))) {
        const before = new Cleaning([...working], on.slice(0, working.length).map(tallyOf), stay);
        for await (const document of documents()) {
          signal.throwIfAborted();
          const cleaned = await before.clean(document);
          if (cleaned.isOut) continue;
          const survey = next.survey();
          for await (const passage of cleaned.passages) survey.see(passage);
          survey.end();
        }
      }
      working.push(next);
    }
    return new Cleaning(working, on.map(tallyOf), stay);
  }

  /** Of one that is not held, the tallies are right when its passages have been read, which they can be once. */
  async clean(document: Cleanable): Promise<Cleaned> {
    const held = await heldOf(document);
    const scores: Record<string, number> = {};
    const own = this.tallies.map(() => ({ places: 0, characters: 0 }));
    const counted = held?.map(() => new Counted());
    const on: OnDocument[] = [];
    for (const [step, working] of this.steps.entries()) {
      const rule = onDocument(working, this.tallies[step]!.rule, document);
      if (rule.see) for await (const passage of held ?? through(document, on)) rule.see(passage);
      const verdict = rule.verdict?.();
      Object.assign(scores, verdict?.scores);
      if (verdict?.out !== undefined && !this.kept.has(document.sha256)) {
        this.tallies[step]!.out++;
        return { isOut: true, step, reason: verdict.out, scores };
      }
      const change = held && rule.changes?.();
      if (change) for (const [i, passage] of held.entries()) held[i] = changed(change, passage, own[step], counted![i]);
      on.push(rule);
    }
    if (held ? isEmptied(held, document) : await isAllEmptied(through(document, on), document))
      return { isOut: true, step: null, reason: 'nothing is left of it', scores };
    if (held) this.add(own);
    return { isOut: false, passages: held ?? this.counted(through(document, on, own), own), scores, changes: own };
  }

  private async *counted(passages: AsyncIterable<string>, own: readonly Changes[]): AsyncGenerator<string> {
    yield* passages;
    this.add(own);
  }

  private add(own: readonly Changes[]): void {
    for (const [step, { places, characters }] of own.entries()) {
      if (places === 0) continue;
      const tally = this.tallies[step]!;
      tally.changed++;
      tally.places += places;
      tally.characters += characters;
    }
  }
}
type Change = ReturnType<NonNullable<OnDocument['changes']>>;
export type Changes = Pick<Tally, 'places' | 'characters'>;

/** Nothing of one that the rule is not for. */
export const onDocument = (working: Working, rule: RuleId, document: DocumentFacts): OnDocument =>
  isLeft(document, rule) ? {} : working.document(document);

export const tallyOf = ({ rule }: { rule: RuleId }): Tally => ({ rule, out: 0, changed: 0, places: 0, characters: 0 });

function isLeft({ code, isPair }: DocumentFacts, id: RuleId): boolean {
  const { kind, isForCode, isForPages } = ruleOf(id);
  return (kind === 'changes' && code !== undefined && !isForCode) || (isPair === true && isForPages === true);
}
const isBlank = (text: string): boolean => !/\S/.test(text);
/** Whether nothing is left of a document; of a pair, of its input or of its target. */
export const isEmptied = (passages: readonly string[], { isPair }: DocumentFacts): boolean =>
  isPair ? passages.some(isBlank) : passages.every(isBlank);

async function isAllEmptied(passages: AsyncIterable<string>, facts: DocumentFacts): Promise<boolean> {
  const isPair = facts.isPair === true;
  for await (const passage of passages) if (isBlank(passage) === isPair) return isPair;
  return !isPair;
}

/** Undefined where it is too long. */
async function heldOf(document: Cleanable): Promise<string[] | undefined> {
  const held: string[] = [];
  let units = 0;
  for await (const passage of document.passages()) {
    units += passage.length;
    if (units > MOST_HELD) return undefined;
    held.push(passage);
  }
  return held;
}

/** Its passages, after what these rules do to them. */
async function* through(
  document: Cleanable,
  rules: readonly OnDocument[],
  own?: readonly Changes[],
): AsyncGenerator<string> {
  const changes = rules.map((rule) => rule.changes?.());
  for await (let passage of document.passages()) {
    const counted = new Counted();
    for (const [step, change] of changes.entries())
      if (change) passage = changed(change, passage, own?.[step], counted);
    yield passage;
  }
}

/** A passage that a rule changed; the same string where it did not. */
export function changed(change: Change, passage: string, into?: Changes, counted = new Counted()): string {
  const { text, places } = change(passage);
  if (places === 0) return passage;
  if (into) {
    into.places += places;
    into.characters += counted.byChange(passage, text);
  }
  return text;
}

/** Counts the characters of a passage once for all rules that change it in turn. */
class Counted {
  private characters?: number;
  /** @param before what the last change made of it, or the passage  -> characters that came, less those that went */
  byChange(before: string, text: string): number {
    const were = this.characters ?? countCharacters(before);
    this.characters = countCharacters(text);
    return this.characters - were;
  }
}

async function areAtLeast(least: number, documents: AsyncIterable<Cleanable> | Iterable<Cleanable>): Promise<boolean> {
  let n = 0;
  if (least > 0) for await (const _ of documents) if (++n === least) break;
  return n === least;
}
