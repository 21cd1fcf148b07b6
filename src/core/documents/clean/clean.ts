/** Runs documents through a recipe, in order. Yields the remaining text of each, or the reason for its removal. */
import { type Job, yieldUntil } from '../../base/job';
import type { SpillFile, SpilledText } from './spillFile';
import type { Changes } from './counted';
import { type Cleaner, WorkerPool } from './workerPool';
import type { Recipe } from './recipe';
import { ruleOf } from './rules';
import type { OnDocument, Working } from './rules/rule';
import {
  type AtWork,
  type Held,
  onDocument,
  type Scores,
  type Step,
  type Tally,
  tallyOf,
  type Through,
  throughSteps,
} from './steps';
import {
  batched,
  type Cleanable,
  goneThrough,
  heldOf,
  isNothing,
  isHeld,
  type Pending,
  sharedOf,
  type State,
  through,
  reportingProgress,
  type DocumentState,
} from './documentState';

type Cleaned =
  | {
      isOut: false;
      /** Iterable once, before the next document. Some documents yield only UTF-8. */
      passages: AsyncIterable<string | Uint8Array> | readonly string[];
      scores: Scores;
      /** By active step; for documents that aren't in memory, final only after the passages are read. */
      changes: readonly Changes[];
    }
  /** `step`: index among the active ones; null if no text remains. */
  | { isOut: true; step: number | null; reason: string; scores: Scores };

/**
 * State before each document's passages; null: the passages of a long document are in a spill file, or are the
 * originals.
 */
interface Noted extends Omit<State, 'changes'> {
  passages: number | null;
  /** Two numbers per step: places and characters. */
  changes: readonly number[];
}
interface Left {
  documents: SpilledText;
  /** Spill files of long documents, by index. */
  long: ReadonlyMap<number, SpilledText>;
}
/** Yields all documents from the first, for each call. @param label of the progress report */
type Documents = (label: string) => AsyncIterable<Cleanable>;
const LOOKING = 'Scanning all documents';

/** Documents between pauses. */
const A_TURN = 64;

/**
 * Runs every rule over a document once. Some rules must see all of a long document first, or all documents. For these,
 * writes the results of the earlier rules to spill files.
 */
export class Cleaning {
  readonly tallies: readonly Tally[];
  private readonly kept: ReadonlySet<string>;
  private readonly steps: readonly Step[];
  private readonly working: AtWork[] = [];
  /** Steps that surveyed all documents, and so run in this thread. */
  private readonly surveyed = new Set<number>();
  private readonly pool: WorkerPool;
  /** State of all documents after the steps before `from`; absent: the original documents. */
  private left?: Left;
  private from = 0;

  private constructor(
    recipe: Recipe,
    private readonly documents: Documents,
    private readonly aside: SpillFile,
    private readonly job: Job,
    cleaners: readonly Cleaner[],
  ) {
    this.steps = recipe.steps.filter(({ isOn }) => isOn);
    this.tallies = this.steps.map(tallyOf);
    this.kept = new Set(recipe.kept);
    this.pool = new WorkerPool(cleaners, job.signal);
  }

  /**
   * Loads what the rules need, and shows all documents to rules that need to see them first.
   * @param cleaners threads; the result doesn't depend on their number
   */
  static async start(
    recipe: Recipe,
    documents: Documents,
    aside: SpillFile,
    job: Job,
    cleaners: readonly Cleaner[] = [],
  ): Promise<Cleaning> {
    const cleaning = new Cleaning(recipe, documents, aside, job, cleaners);
    for (const { rule, settings } of cleaning.steps) {
      const working = await ruleOf(rule).start(settings as never);
      if (working.survey && (await areAtLeast(working.minSurveyed ?? 0, documents(LOOKING))))
        await cleaning.survey(() => working.survey!());
      cleaning.working.push({ rule, working });
    }
    return cleaning;
  }

  /** Yields all documents once. The tallies are final at the end. */
  async *cleaned(): AsyncGenerator<Cleaned> {
    for await (const { underway, pending } of this.advanced('Cleaning')) {
      yield await this.cleanedOf(underway, pending);
      await underway.aside?.drop();
    }
    await this.drop(this.left);
  }

  /** Shows all documents, after the steps so far, to a survey. Stores these states for the steps that follow. */
  private async survey(begin: NonNullable<Working['survey']>): Promise<void> {
    const isChanged = this.working.length > this.from;
    const left = this.aside.begin();
    const long = new Map<number, SpilledText>();
    let place = 0;
    for await (const { underway, pending } of this.advanced(LOOKING)) {
      await this.putAside(underway, pending);
      // Empty documents are not surveyed.
      const isThere = !underway.state.out && !(await isNothing(underway));
      const survey = isThere ? begin() : undefined;
      if (survey) for await (const passage of goneThrough(underway)) survey.see(passage);
      survey?.end();
      if (isChanged) {
        const passages = underway.passages();
        const held = isHeld(passages) ? passages : null;
        const changes = underway.state.changes.flatMap(({ places, characters }) => [places, characters]);
        await left.write(JSON.stringify({ ...underway.state, changes, passages: held && held.length } satisfies Noted));
        for (const passage of held ?? []) await left.write(passage);
        const aside = held ? undefined : (underway.aside ?? this.left?.long.get(place));
        if (aside) long.set(place, aside);
        else await underway.aside?.drop();
      }
      place++;
    }
    this.surveyed.add(this.working.length);
    if (!isChanged) return;
    const before = this.left;
    this.left = { documents: await left.end(), long };
    this.from = this.working.length;
    await this.drop(before, new Set(long.values()));
  }

  private async *underway(label: string): AsyncGenerator<DocumentState> {
    const pause = yieldUntil(this.job.signal);
    const strings = this.left?.documents.taken();
    let place = 0;
    for await (const document of this.documents(label)) {
      if (place % A_TURN === 0) await pause();
      const passes = { done: 0, of: 1 };
      if (!strings) yield { document, passages: () => document.passages(), passes, state: this.begin() };
      else {
        const { passages, changes, ...noted } = JSON.parse((await strings.next()).value!) as Noted;
        const counts = this.tallies.map((_, i) => ({ places: changes[2 * i]!, characters: changes[2 * i + 1]! }));
        const state = { ...noted, changes: counts };
        const held: string[] = [];
        while (held.length < (passages ?? 0)) held.push((await strings.next()).value!);
        const long = this.left!.long.get(place) ?? { strings: () => document.passages() };
        yield { document, passages: passages === null ? () => long.strings() : () => held, passes, state };
      }
      place++;
    }
  }
  private begin(): State {
    return { done: 0, scores: {}, changes: this.tallies.map(() => ({ places: 0, characters: 0 })) };
  }
  private async drop(left: Left | undefined, but: ReadonlySet<SpilledText> = new Set()): Promise<void> {
    await left?.documents.drop();
    for (const each of left?.long.values() ?? []) if (!but.has(each)) await each.drop();
  }

  /** Runs the steps so far on the documents, in order. Yields changes still to apply to the passages of long ones. */
  private async *advanced(label: string): AsyncGenerator<{ underway: DocumentState; pending: readonly Pending[] }> {
    for await (const underway of this.helped(label)) {
      yield { underway, pending: await this.advance(underway, label === LOOKING ? 2 : 1) };
      underway.document.done?.();
    }
  }

  /** Runs the steps since `from` in the workers, as far as possible. Long documents are unchanged. */
  private async *helped(label: string): AsyncGenerator<DocumentState> {
    const own = this.surveyed.has(this.from) ? 1 : 0;
    const first = this.from + own;
    const steps = this.steps.slice(first, this.working.length);
    if (this.pool.isEmpty || steps.length === 0) {
      yield* this.underway(label);
      return;
    }
    const batches = batched(this.underway(label), (underway, held) => {
      const through = throughSteps(this.working.slice(this.from, first), this.heldIn(underway, held));
      this.took(underway, held, this.from, through);
    });
    const helped = this.pool.inOrder(batches, async (batch) => {
      const documents = batch.flatMap((underway) => {
        const passages = sharedOf(underway);
        return passages ? [this.heldIn(underway, passages)] : [];
      });
      return { batch, through: documents.length > 0 ? await this.pool.do({ steps, documents }) : [] };
    });
    for await (const { batch, through } of helped) {
      let at = 0;
      for (const underway of batch) {
        const passages = sharedOf(underway);
        if (passages) this.took(underway, passages, first, through[at++]!);
        yield underway;
      }
    }
  }
  private heldIn({ document }: DocumentState, passages: readonly string[]): Held {
    const { title, language, code, isPair, sha256 } = document;
    const facts = { title, ...(language && { language }), ...(code && { code }), ...(isPair && { isPair }) };
    return { facts, isKept: this.kept.has(sha256), passages };
  }
  /** Records the results of steps from `first` on for a document. */
  private took(underway: DocumentState, held: readonly string[], first: number, through: Through): void {
    const { state } = underway;
    const { out, scores, changes, passages = held } = through;
    state.done = first + changes.length;
    Object.assign(state.scores, scores);
    for (const [i, each] of changes.entries()) state.changes[first + i] = each;
    underway.passages = () => (out ? [] : passages);
    if (!out) return;
    state.out = { ...out, step: first + out.step };
    this.tallies[state.out.step]!.out++;
  }

  /**
   * Runs the remaining steps.
   * @param after later passes over a long document
   * @returns changes still to apply to the passages of a long document
   */
  private async advance(underway: DocumentState, after: number): Promise<readonly Pending[]> {
    const { document, state } = underway;
    if (state.out || state.done === this.working.length) return [];
    const held = underway.isLong ? undefined : await heldOf(underway.passages());
    if (held) {
      const through = throughSteps(this.working.slice(state.done), this.heldIn(underway, held));
      this.took(underway, held, state.done, through);
      return [];
    }
    underway.isLong = true;
    const first = state.done;
    const all = this.working.slice(first).map((atWork) => onDocument(atWork, document));
    underway.passes.of = rowsOf(all) + after;
    const pending: Pending[] = [];
    /** Steps before this index have seen the passages that their verdicts need. */
    let seen = 0;
    for (let i = 0; i < all.length; i++) {
      const step = (state.done = first + i);
      if (i >= seen && all[i]!.see) {
        seen = endOfRow(all, i);
        await this.putAside(underway, pending.splice(0), all.slice(i, seen));
      }
      const on = all[i]!;
      const { scores, out } = on.verdict?.() ?? {};
      Object.assign(state.scores, scores);
      if (out !== undefined && !this.kept.has(document.sha256)) {
        this.tallies[step]!.out++;
        state.out = { step, reason: out };
        underway.passages = () => [];
        return [];
      }
      if (!on.changes?.()) continue;
      pending.push({ step, on, into: state.changes[step]! });
      if (i + 1 >= seen) continue;
      for (let k = i + 1; k < seen; k++) all[k] = onDocument(this.working[first + k]!, document);
      seen = i + 1;
      underway.passes.of++;
    }
    state.done = this.working.length;
    return pending;
  }

  /** Spills what rules leave of a long document, for the next rules, which see it. */
  private async putAside(
    underway: DocumentState,
    pending: readonly Pending[],
    observers: readonly OnDocument[] = [],
  ): Promise<void> {
    if (pending.length === 0) {
      if (observers.length > 0)
        for await (const passage of goneThrough(underway)) for (const on of observers) on.see?.(passage);
      return;
    }
    const writer = this.aside.begin();
    for await (const passage of this.through(underway, pending)) {
      for (const on of observers) on.see?.(passage);
      await writer.write(passage);
    }
    await underway.aside?.drop();
    const put = (underway.aside = await writer.end());
    underway.passages = () => put.strings();
  }

  private async cleanedOf(underway: DocumentState, pending: readonly Pending[]): Promise<Cleaned> {
    const { out, scores, changes } = underway.state;
    if (out) return { isOut: true, ...out, scores };
    const passages = underway.passages();
    if (await isNothing(underway, pending)) return { isOut: true, step: null, reason: 'no text remains', scores };
    if (!isHeld(passages)) {
      const { aside, document } = underway;
      // A spill file is written as it is, except for a pair, whose input and target may share one piece.
      const left: AsyncIterable<string | Uint8Array> =
        aside && pending.length === 0 && !document.isPair
          ? reportingProgress(underway, aside.utf8())
          : this.through(underway, pending);
      return { isOut: false, passages: this.counted(left, changes), scores, changes };
    }
    this.add(changes);
    return { isOut: false, passages, scores, changes };
  }

  private async *counted<T>(passages: AsyncIterable<T>, changes: readonly Changes[]): AsyncGenerator<T> {
    yield* passages;
    this.add(changes);
  }

  /** Applies pending changes to a document's passages. Workers run the rules that change each passage on its own. */
  private through(underway: DocumentState, pending: readonly Pending[]): AsyncIterable<string> {
    let passages = goneThrough(underway);
    for (let from = 0, to = 0; from < pending.length; from = to) {
      const isAlone = !pending[from]!.on.see;
      while (to < pending.length && !pending[to]!.on.see === isAlone) to++;
      const part = pending.slice(from, to);
      passages =
        isAlone && !this.pool.isEmpty && !isHeld(passages)
          ? this.helpedThrough(underway, passages, part)
          : through(passages, part);
    }
    return isHeld(passages) ? through(passages, []) : passages;
  }
  private async *helpedThrough(
    underway: DocumentState,
    passages: AsyncIterable<string>,
    pending: readonly Pending[],
  ): AsyncGenerator<string> {
    const steps = pending.map(({ step }) => this.steps[step]!);
    const changed = this.pool.inOrder(passages, async (passage) => {
      const [through] = await this.pool.do({ steps, documents: [this.heldIn(underway, [passage])] });
      return { passage, through: through! };
    });
    for await (const { passage, through } of changed) {
      for (const [i, { places, characters }] of through.changes.entries()) {
        pending[i]!.into.places += places;
        pending[i]!.into.characters += characters;
      }
      yield through.passages?.[0] ?? passage;
    }
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
/**
 * End of the steps that can see the same passages as this one. None of them before the last removes documents, and few
 * change one.
 */
function endOfRow(all: readonly OnDocument[], from: number): number {
  let end = from + 1;
  while (end < all.length && !all[end - 1]!.verdict && (all[end]!.see || !all[end]!.changes)) end++;
  return end;
}
function rowsOf(all: readonly OnDocument[]): number {
  let rows = 0;
  for (let i = 0; i < all.length; i = all[i]!.see ? endOfRow(all, i) : i + 1) if (all[i]!.see) rows++;
  return rows;
}
async function areAtLeast(min: number, documents: AsyncIterable<Cleanable>): Promise<boolean> {
  let n = 0;
  if (min > 0) for await (const _ of documents) if (++n === min) break;
  return n === min;
}
