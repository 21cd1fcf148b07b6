/** Documents through a recipe, in their order: what remains of each, or why it is left out. */
import { type Job, yieldUntil } from '../../base/job';
import { countCharacters } from '../../base/utf8';
import type { Aside, PutAside } from './aside';
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
export type Changes = Pick<Tally, 'places' | 'characters'>;

export type Scores = Readonly<Record<string, number>>;
export type Cleaned =
  | {
      isOut: false;
      /** To be read once, and before the next document. */
      passages: AsyncIterable<string> | readonly string[];
      scores: Scores;
      /** By step that is on; of one that is not held right when its passages have been read. */
      changes: readonly Changes[];
    }
  /** `step`: of those that are on; null where nothing is left of it. */
  | { isOut: true; step: number | null; reason: string; scores: Scores };

/** A document on its way. */
interface Underway {
  readonly document: Cleanable;
  passages(): AsyncIterable<string> | readonly string[];
  /** Where they lie, if they were put aside for it. */
  aside?: PutAside;
  readonly state: State;
}
interface State {
  out?: { step: number; reason: string };
  scores: Record<string, number>;
  /** By step that is on. */
  changes: Changes[];
}

/** What lies before each document's passages; null: those of a long one lie elsewhere, or are as they were read. */
type Noted = State & { passages: number | null };
interface Left {
  documents: PutAside;
  /** By place. */
  long: ReadonlyMap<number, PutAside>;
}
/** What is to be done to passages, and where it is counted. */
interface Pending {
  changes: NonNullable<OnDocument['changes']>;
  into: Changes;
}
/** All documents, from the first, as often as it is asked for. @param label of the work that goes through them */
type Documents = (label: string) => Iterable<Cleanable>;
const LOOKING = 'Looking through all documents';

/** Code units of a document that is held while it is cleaned. */
const MOST_HELD = 2 ** 23;
/** Documents until others have a turn. */
const A_TURN = 64;

/**
 * Every rule goes through a document once. What it left of a long one is put aside where the next rule must have seen all of
 * it, and what it left of all documents where the next one must have seen all of these.
 */
export class Cleaning {
  readonly tallies: readonly Tally[];
  private readonly kept: ReadonlySet<string>;
  private readonly working: Working[] = [];
  /** Of all documents after the steps before `from`; absent: as they were read. */
  private left?: Left;
  private from = 0;

  private constructor(
    recipe: Recipe,
    private readonly documents: Documents,
    private readonly aside: Aside,
    private readonly job: Job,
  ) {
    this.tallies = recipe.steps.filter(({ isOn }) => isOn).map(tallyOf);
    this.kept = new Set(recipe.kept);
  }

  /** Loads what the rules need, and shows all documents to those that need to have seen them. */
  static async start(recipe: Recipe, documents: Documents, aside: Aside, job: Job): Promise<Cleaning> {
    const cleaning = new Cleaning(recipe, documents, aside, job);
    for (const { rule, settings, isOn } of recipe.steps) {
      if (!isOn) continue;
      const next = await ruleOf(rule).start(settings as never);
      if (next.survey && areAtLeast(next.leastSurveyed ?? 0, documents(LOOKING)))
        await cleaning.survey(() => next.survey!());
      cleaning.working.push(next);
    }
    return cleaning;
  }

  /** All of them, once. The tallies are right at the end. */
  async *cleaned(): AsyncGenerator<Cleaned> {
    for await (const underway of this.underway('Cleaning')) {
      yield await this.cleanedOf(underway, await this.advance(underway));
      await underway.aside?.drop();
    }
    await this.drop(this.left);
  }

  /** Documents after the steps so far are seen, and kept for those to come. */
  private async survey(begin: NonNullable<Working['survey']>): Promise<void> {
    const isChanged = this.working.length > this.from;
    const left = this.aside.begin();
    const long = new Map<number, PutAside>();
    let place = 0;
    for await (const underway of this.underway(LOOKING)) {
      await this.putAside(underway, await this.advance(underway));
      const survey = underway.state.out ? undefined : begin();
      if (survey) for await (const passage of underway.passages()) survey.see(passage);
      survey?.end();
      if (isChanged) {
        const passages = underway.passages();
        const held = isHeld(passages) ? passages : null;
        await left.write(JSON.stringify({ ...underway.state, passages: held && held.length } satisfies Noted));
        for (const passage of held ?? []) await left.write(passage);
        const aside = held ? undefined : (underway.aside ?? this.left?.long.get(place));
        if (aside) long.set(place, aside);
      }
      place++;
    }
    if (!isChanged) return;
    const before = this.left;
    this.left = { documents: await left.end(), long };
    this.from = this.working.length;
    await this.drop(before, new Set(long.values()));
  }

  private async *underway(label: string): AsyncGenerator<Underway> {
    const pause = yieldUntil(this.job.signal);
    const strings = this.left?.documents.strings();
    let place = 0;
    for (const document of this.documents(label)) {
      if (place % A_TURN === 0) await pause();
      if (!strings) yield { document, passages: () => document.passages(), state: this.begin() };
      else {
        const { passages, ...state } = JSON.parse((await strings.next()).value!) as Noted;
        const held: string[] = [];
        while (held.length < (passages ?? 0)) held.push((await strings.next()).value!);
        const long = this.left!.long.get(place) ?? { strings: () => document.passages() };
        yield { document, passages: passages === null ? () => long.strings() : () => held, state };
      }
      place++;
    }
  }
  private begin(): State {
    return { scores: {}, changes: this.tallies.map(() => ({ places: 0, characters: 0 })) };
  }
  private async drop(left: Left | undefined, but: ReadonlySet<PutAside> = new Set()): Promise<void> {
    await left?.documents.drop();
    for (const each of left?.long.values() ?? []) if (!but.has(each)) await each.drop();
  }

  /** Through the steps from `from`. @returns what of them is still to be done to its passages, of a long one */
  private async advance(underway: Underway): Promise<readonly Pending[]> {
    const { document, state } = underway;
    if (state.out || this.from === this.working.length) return [];
    const held = await heldOf(underway.passages());
    const counted = held?.map(() => new Counted());
    const pending: Pending[] = [];
    for (let step = this.from; step < this.working.length; step++) {
      const on = onDocument(this.working[step]!, this.tallies[step]!.rule, document);
      if (on.see && held) for (const passage of held) on.see(passage);
      else if (on.see) await this.putAside(underway, pending.splice(0), on);
      const { scores, out } = on.verdict?.() ?? {};
      Object.assign(state.scores, scores);
      if (out !== undefined && !this.kept.has(document.sha256)) {
        this.tallies[step]!.out++;
        state.out = { step, reason: out };
        underway.passages = () => [];
        return [];
      }
      const into = state.changes[step]!;
      if (!on.changes) continue;
      if (!held) pending.push({ changes: () => on.changes!(), into });
      else {
        const change = on.changes();
        for (const [i, passage] of held.entries()) held[i] = changed(change, passage, into, counted![i]);
      }
    }
    if (held) underway.passages = () => held;
    return pending;
  }

  /** What rules leave of a long document, for the next one, which sees it. */
  private async putAside(underway: Underway, pending: readonly Pending[], seer: OnDocument = {}): Promise<void> {
    if (pending.length === 0) {
      if (seer.see) for await (const passage of underway.passages()) seer.see(passage);
      return;
    }
    const writer = this.aside.begin();
    for await (const passage of through(underway.passages(), pending)) {
      seer.see?.(passage);
      await writer.write(passage);
    }
    await underway.aside?.drop();
    const put = (underway.aside = await writer.end());
    underway.passages = () => put.strings();
  }

  private async cleanedOf(underway: Underway, pending: readonly Pending[]): Promise<Cleaned> {
    const { document, state } = underway;
    const { out, scores, changes } = state;
    if (out) return { isOut: true, ...out, scores };
    const passages = underway.passages();
    const isNothing = isHeld(passages)
      ? isEmptied(passages, document)
      : await isAllEmptied(through(passages, pending, false), document);
    if (isNothing) return { isOut: true, step: null, reason: 'nothing is left of it', scores };
    if (!isHeld(passages)) return { isOut: false, passages: this.counted(underway, pending), scores, changes };
    this.add(changes);
    return { isOut: false, passages, scores, changes };
  }

  private async *counted({ passages, state }: Underway, pending: readonly Pending[]): AsyncGenerator<string> {
    yield* through(passages(), pending);
    this.add(state.changes);
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
type Passages = ReturnType<Underway['passages']>;

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

const isHeld = (passages: Passages): passages is readonly string[] => Array.isArray(passages);

/** A list of its own; undefined where it is too long. */
async function heldOf(passages: Passages): Promise<string[] | undefined> {
  if (isHeld(passages)) return [...passages];
  const held: string[] = [];
  let units = 0;
  for await (const passage of passages) {
    units += passage.length;
    if (units > MOST_HELD) return undefined;
    held.push(passage);
  }
  return held;
}

/** Passages, after what is to be done to them. */
async function* through(passages: Passages, pending: readonly Pending[], isCounted = true): AsyncGenerator<string> {
  const changes = pending.map(({ changes }) => changes());
  for await (let passage of passages) {
    const counted = new Counted();
    for (const [i, change] of changes.entries())
      passage = changed(change, passage, isCounted ? pending[i]!.into : undefined, counted);
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

function areAtLeast(least: number, documents: Iterable<Cleanable>): boolean {
  let n = 0;
  if (least > 0) for (const _ of documents) if (++n === least) break;
  return n === least;
}
