/**
 * Runs documents through a recipe, in order. Yields the remaining text of each, or the reason for its removal.
 *
 * Most rules need one document at a time: all of them run over its passages in memory, here or in a worker (`runSteps`).
 * Two cases need more.
 * - A rule with a survey, such as repeated lines, must see all documents before it starts. A round runs the steps before
 *   it, shows it every document, and stores the states. The next round continues from these.
 * - A document too long for memory is a stream (`streamSteps`). A step that must see all of it before it decides takes a
 *   pass, which it shares with the next steps where it can. Passages that earlier steps changed are spilled for that pass.
 */
import { type Job, yieldUntil } from '../../base/job';
import type { SpillFile } from './spillFile';
import { StateWriter, type StoredStates } from './storedStates';
import type { ChangeCounts } from './counted';
import { type Cleaner, WorkerPool } from './workerPool';
import type { Recipe } from './recipe';
import { ruleOf } from './rules';
import type { RuleOnDocument, StartedRule } from './rules/rule';
import {
  type StartedStep,
  type DocumentTask,
  ruleOnDocument,
  type Scores,
  type Step,
  type Tally,
  newTally,
  type TaskResult,
  runSteps,
} from './steps';
import {
  batched,
  type Cleanable,
  readPassages,
  inMemory,
  isWithoutText,
  isInMemory,
  type Pending,
  sharedPassages,
  type StepState,
  changedPassages,
  reportingProgress,
  type DocumentState,
} from './documentState';

/** What cleaning made of a document. */
export type Cleaned =
  | {
      isRemoved: false;
      /** Iterable once, before the next document. Some documents yield only UTF-8. */
      passages: AsyncIterable<string | Uint8Array> | readonly string[];
      scores: Scores;
      /** Indexed by active step; for a document that isn't in memory, final once its passages are read. */
      changes: readonly ChangeCounts[];
    }
  /** `step`: index among the active ones; null if no text remains. */
  | { isRemoved: true; step: number | null; reason: string; scores: Scores };

/** Yields all documents from the first, for each call. @param label of the progress report */
type DocumentSource = (label: string) => AsyncIterable<Cleanable>;
const SURVEY_LABEL = 'Scanning all documents';

/** Documents between pauses. */
const YIELD_EVERY = 64;

/** A cleaning in progress: `start` runs the surveys, `cleaned` yields the documents. */
export class Cleaning {
  readonly tallies: readonly Tally[];
  /** Hashes of documents that the user keeps, whatever a rule says. */
  private readonly kept: ReadonlySet<string>;
  private readonly steps: readonly Step[];
  private readonly started: StartedStep[] = [];
  /** Steps that surveyed all documents, and so run in this thread. */
  private readonly surveyed = new Set<number>();
  private readonly pool: WorkerPool;
  /** States of all documents after the steps before `firstStep`; absent: the original documents. */
  private stored?: StoredStates;
  private firstStep = 0;

  private constructor(
    recipe: Recipe,
    private readonly documents: DocumentSource,
    private readonly spillFile: SpillFile,
    private readonly job: Job,
    cleaners: readonly Cleaner[],
  ) {
    this.steps = recipe.steps.filter(({ isOn }) => isOn);
    this.tallies = this.steps.map(newTally);
    this.kept = new Set(recipe.kept);
    this.pool = new WorkerPool(cleaners, job.signal);
  }

  /**
   * Loads what the rules need, and shows all documents to rules that need to see them first.
   * @param cleaners threads; the result doesn't depend on their number
   */
  static async start(
    recipe: Recipe,
    documents: DocumentSource,
    spillFile: SpillFile,
    job: Job,
    cleaners: readonly Cleaner[] = [],
  ): Promise<Cleaning> {
    const cleaning = new Cleaning(recipe, documents, spillFile, job, cleaners);
    for (const { rule, settings } of cleaning.steps) {
      const startedRule = await ruleOf(rule).start(settings as never);
      if (startedRule.survey && (await hasAtLeast(startedRule.minSurveyed ?? 0, documents(SURVEY_LABEL))))
        await cleaning.surveyRound(() => startedRule.survey!());
      cleaning.started.push({ rule, startedRule });
    }
    return cleaning;
  }

  /** Yields all documents once. The tallies are final at the end. */
  async *cleaned(): AsyncGenerator<Cleaned> {
    for await (const { doc, pending } of this.runRound('Cleaning', 1)) {
      yield await this.toCleaned(doc, pending);
      await doc.spilled?.drop();
    }
    await this.stored?.drop();
  }

  /**
   * Shows all documents, after the steps so far, to a rule. Stores these states for the steps that follow.
   * @param startSurvey starts the survey of a document
   */
  private async surveyRound(startSurvey: NonNullable<StartedRule['survey']>): Promise<void> {
    const hasNewSteps = this.started.length > this.firstStep;
    const writer = hasNewSteps ? new StateWriter(this.spillFile, this.stored) : undefined;
    for await (const { doc, pending } of this.runRound(SURVEY_LABEL, 2)) {
      await this.showAndSpill(doc, pending);
      // Empty documents are not surveyed.
      const hasText = !doc.state.out && !(await isWithoutText(doc));
      const survey = hasText ? startSurvey() : undefined;
      if (survey) for await (const passage of readPassages(doc)) survey.see(passage);
      survey?.end();
      await writer?.write(doc);
    }
    this.surveyed.add(this.started.length);
    if (!writer) return;
    this.stored = await writer.end();
    this.firstStep = this.started.length;
  }

  /** Yields all documents in the state in which this round starts. */
  private async *startingStates(label: string): AsyncGenerator<DocumentState> {
    const pause = yieldUntil(this.job.signal);
    const readState = this.stored?.reader();
    let index = 0;
    for await (const document of this.documents(label)) {
      if (index++ % YIELD_EVERY === 0) await pause();
      const passes = { done: 0, total: 1 };
      const original = { passages: () => document.passages(), state: this.initialState() };
      yield { document, passes, ...(readState ? await readState(document) : original) };
    }
  }
  private initialState(): StepState {
    return { done: 0, scores: {}, changes: this.tallies.map(() => ({ places: 0, characters: 0 })) };
  }

  /**
   * Runs the steps so far on all documents, in order. Yields each with the changes still to apply to its passages.
   * @param laterPasses over a long document after its steps, for the progress report
   */
  private async *runRound(
    label: string,
    laterPasses: number,
  ): AsyncGenerator<{ doc: DocumentState; pending: readonly Pending[] }> {
    for await (const doc of this.runInWorkers(label)) {
      yield { doc, pending: await this.finishSteps(doc, laterPasses) };
      doc.document.onDone?.();
    }
  }

  /** Runs the steps since `firstStep` in the workers, as far as possible. Long documents are unchanged. */
  private async *runInWorkers(label: string): AsyncGenerator<DocumentState> {
    const surveyedSteps = this.surveyed.has(this.firstStep) ? 1 : 0;
    const firstPoolStep = this.firstStep + surveyedSteps;
    const steps = this.steps.slice(firstPoolStep, this.started.length);
    if (this.pool.isEmpty || steps.length === 0) {
      yield* this.startingStates(label);
      return;
    }
    const batches = batched(this.startingStates(label), (doc, passages) => {
      const result = runSteps(this.started.slice(this.firstStep, firstPoolStep), this.createTask(doc, passages));
      this.applyResult(doc, passages, this.firstStep, result);
    });
    const done = this.pool.inOrder(batches, async (batch) => {
      const documents = batch.flatMap((doc) => {
        const passages = sharedPassages(doc);
        return passages ? [this.createTask(doc, passages)] : [];
      });
      return { batch, results: documents.length > 0 ? await this.pool.run({ steps, documents }) : [] };
    });
    for await (const { batch, results } of done) {
      let nextResult = 0;
      for (const doc of batch) {
        const passages = sharedPassages(doc);
        if (passages) this.applyResult(doc, passages, firstPoolStep, results[nextResult++]!);
        yield doc;
      }
    }
  }
  private createTask({ document }: DocumentState, passages: readonly string[]): DocumentTask {
    const { title, language, code, isPair, sha256 } = document;
    const facts = { title, ...(language && { language }), ...(code && { code }), ...(isPair && { isPair }) };
    return { facts, isKept: this.kept.has(sha256), passages };
  }
  /**
   * Updates a document's state by the result of its steps from `first` on.
   * @param inputPassages its passages before these steps
   */
  private applyResult(
    doc: DocumentState,
    inputPassages: readonly string[],
    firstStep: number,
    result: TaskResult,
  ): void {
    const { state } = doc;
    const { out, scores, changes, passages = inputPassages } = result;
    state.done = firstStep + changes.length;
    Object.assign(state.scores, scores);
    for (const [i, stepChanges] of changes.entries()) state.changes[firstStep + i] = stepChanges;
    doc.passages = () => (out ? [] : passages);
    if (!out) return;
    state.out = { ...out, step: firstStep + out.step };
    this.tallies[state.out.step]!.out++;
  }

  /**
   * Runs the remaining steps.
   * @param laterPasses over a long document, for the progress report
   * @returns changes still to apply to the passages of a long document
   */
  private async finishSteps(doc: DocumentState, laterPasses: number): Promise<readonly Pending[]> {
    const { state } = doc;
    if (state.out || state.done === this.started.length) return [];
    const passages = doc.isLong ? undefined : await inMemory(doc.passages());
    if (!passages) return this.streamSteps(doc, laterPasses);
    const result = runSteps(this.started.slice(state.done), this.createTask(doc, passages));
    this.applyResult(doc, passages, state.done, result);
    return [];
  }

  /** Runs the remaining steps over a document that isn't in memory; parameters and result as of `finishSteps`. */
  private async streamSteps(doc: DocumentState, laterPasses: number): Promise<readonly Pending[]> {
    const { document, state } = doc;
    doc.isLong = true;
    const firstStep = state.done;
    const rules = this.started.slice(firstStep).map((step) => ruleOnDocument(step, document));
    doc.passes.total = countPasses(rules) + laterPasses;
    const pending: Pending[] = [];
    /** Steps before this index have seen the passages that their verdicts need. */
    let seenUntil = 0;
    for (let i = 0; i < rules.length; i++) {
      const step = (state.done = firstStep + i);
      if (i >= seenUntil && rules[i]!.see) {
        seenUntil = endOfSharedPass(rules, i);
        await this.showAndSpill(doc, pending.splice(0), rules.slice(i, seenUntil));
      }
      const rule = rules[i]!;
      const { scores, out } = rule.verdict?.() ?? {};
      Object.assign(state.scores, scores);
      if (out !== undefined && !this.kept.has(document.sha256)) {
        this.tallies[step]!.out++;
        state.out = { step, reason: out };
        doc.passages = () => [];
        return [];
      }
      if (!rule.changes?.()) continue;
      pending.push({ step, rule, counts: state.changes[step]! });
      if (i + 1 >= seenUntil) continue;
      // The later steps of this pass saw text that this step changes: they start again, in a new pass.
      for (let k = i + 1; k < seenUntil; k++) rules[k] = ruleOnDocument(this.started[firstStep + k]!, document);
      seenUntil = i + 1;
      doc.passes.total++;
    }
    state.done = this.started.length;
    return pending;
  }

  /** Shows a long document to rules. If changes are pending, applies them and spills the changed passages. */
  private async showAndSpill(
    doc: DocumentState,
    pending: readonly Pending[],
    observers: readonly RuleOnDocument[] = [],
  ): Promise<void> {
    if (pending.length === 0) {
      if (observers.length > 0)
        for await (const passage of readPassages(doc)) for (const observer of observers) observer.see?.(passage);
      return;
    }
    const writer = this.spillFile.begin();
    for await (const passage of this.applyPending(doc, pending)) {
      for (const observer of observers) observer.see?.(passage);
      await writer.write(passage);
    }
    await doc.spilled?.drop();
    const spilled = (doc.spilled = await writer.end());
    doc.passages = () => spilled.strings();
  }

  private async toCleaned(doc: DocumentState, pending: readonly Pending[]): Promise<Cleaned> {
    const { out, scores, changes } = doc.state;
    if (out) return { isRemoved: true, ...out, scores };
    const passages = doc.passages();
    if (await isWithoutText(doc, pending)) return { isRemoved: true, step: null, reason: 'no text remains', scores };
    if (!isInMemory(passages)) {
      const { spilled, document } = doc;
      // A spill file is written as it is, except for a pair, whose input and target may share one piece.
      const remaining: AsyncIterable<string | Uint8Array> =
        spilled && pending.length === 0 && !document.isPair
          ? reportingProgress(doc, spilled.utf8())
          : this.applyPending(doc, pending);
      return { isRemoved: false, passages: this.countWhenRead(remaining, changes), scores, changes };
    }
    this.addToTallies(changes);
    return { isRemoved: false, passages, scores, changes };
  }

  private async *countWhenRead<T>(passages: AsyncIterable<T>, changes: readonly ChangeCounts[]): AsyncGenerator<T> {
    yield* passages;
    this.addToTallies(changes);
  }

  /** Applies pending changes to a document's passages. Workers run the rules that change each passage on its own. */
  private applyPending(doc: DocumentState, pending: readonly Pending[]): AsyncIterable<string> {
    let passages = readPassages(doc);
    for (let from = 0, to = 0; from < pending.length; from = to) {
      const isPerPassage = !pending[from]!.rule.see;
      while (to < pending.length && !pending[to]!.rule.see === isPerPassage) to++;
      const group = pending.slice(from, to);
      passages =
        isPerPassage && !this.pool.isEmpty && !isInMemory(passages)
          ? this.changedInPool(doc, passages, group)
          : changedPassages(passages, group);
    }
    // Without changes, only makes the list an async iterable.
    return isInMemory(passages) ? changedPassages(passages, []) : passages;
  }
  private async *changedInPool(
    doc: DocumentState,
    passages: AsyncIterable<string>,
    pending: readonly Pending[],
  ): AsyncGenerator<string> {
    const steps = pending.map(({ step }) => this.steps[step]!);
    const changed = this.pool.inOrder(passages, async (passage) => {
      const [result] = await this.pool.run({ steps, documents: [this.createTask(doc, [passage])] });
      return { passage, result: result! };
    });
    for await (const { passage, result } of changed) {
      for (const [i, { places, characters }] of result.changes.entries()) {
        pending[i]!.counts.places += places;
        pending[i]!.counts.characters += characters;
      }
      yield result.passages?.[0] ?? passage;
    }
  }

  private addToTallies(documentChanges: readonly ChangeCounts[]): void {
    for (const [step, { places, characters }] of documentChanges.entries()) {
      if (places === 0) continue;
      const tally = this.tallies[step]!;
      tally.changed++;
      tally.places += places;
      tally.characters += characters;
    }
  }
}
/**
 * End of the steps that share a pass with step `from`. Only the last of them may remove the document. A step that sees
 * the passages may also change them: that is rare, and `streamSteps` then starts the later ones again.
 */
function endOfSharedPass(rules: readonly RuleOnDocument[], from: number): number {
  let end = from + 1;
  while (end < rules.length && !rules[end - 1]!.verdict && (rules[end]!.see || !rules[end]!.changes)) end++;
  return end;
}
function countPasses(rules: readonly RuleOnDocument[]): number {
  let passes = 0;
  for (let i = 0; i < rules.length; i = rules[i]!.see ? endOfSharedPass(rules, i) : i + 1) if (rules[i]!.see) passes++;
  return passes;
}
/** Whether there are at least `min` documents, which bounds how many a survey can see. */
async function hasAtLeast(min: number, documents: AsyncIterable<Cleanable>): Promise<boolean> {
  let count = 0;
  if (min > 0) for await (const _ of documents) if (++count === min) break;
  return count === min;
}
