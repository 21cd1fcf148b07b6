/**
 * Previews a recipe on a sample. Caches the result of each step, so that a change to one doesn't rerun the steps before
 * it.
 */
import { type Job, yieldToEventLoop } from '../../base/job';
import { countCharacters } from '../../base/utf8';

import { marked, type Marked } from './marks';
import { type Bounds, boundsOf, type Rank, ranked } from './measures';
import { applyRules } from './parts';
import { type Recipe, recipeHash, type Step } from './recipe';
import { ruleOf } from './rules';
import type { StartedRule } from './rules/rule';
import type { Sample, SampledDocument } from './sample';
import { isEmptied, ruleOnDocument, type Scores, newTally, type Tally } from './steps';

/** Selection to show: the changes of all steps together or of active step `step`, and the `at`th changed document. */
export interface Look {
  step: number | null;
  at: number;
  /** For the step's measure: the text, if each has its own bounds, and the number of documents outside each bound. */
  text?: string;
  rows?: number;
}
/** Remaining document with its changes. */
export interface Shown extends Marked {
  text: string;
  place: number;
  title: string;
  /** Code points. */
  charactersBefore: number;
  charactersAfter: number;
  /** Whether the sample has only the beginning of a long document. */
  isBeginning: boolean;
  /** Program, which rules for prose don't change. */
  isProgram: boolean;
  scores: Scores;
  /** Index among the changed documents, and their number; 0 if none changed. */
  at: number;
  of: number;
}
/** Document that a step removes. */
export interface ShownOut {
  text: string;
  place: number;
  title: string;
  sha256: string;
  /** Index among the active steps; null if no text remains. */
  step: number | null;
  reason: string;
  scores: Scores;
}
export interface Previewed {
  /** Hash of the recipe, as from `recipeHash`. */
  hash: string;
  of: Sample['of'];
  /** Counts of the previewed documents before and after cleaning. */
  seen: Sample['of'];
  left: Sample['of'];
  /** By active step, over the previewed documents. */
  tallies: readonly Tally[];
  out: readonly ShownOut[];
  shown: Shown | null;
  measured: DocumentScores;
}
/** Scores of the documents that reached the selected step. */
export interface DocumentScores {
  /** If each text has its own bounds: the texts, and the one that the scores are for. */
  texts: readonly string[];
  text: string | undefined;
  /** By name. */
  scores: Readonly<Record<string, MeasuredScore>>;
}
export interface MeasuredScore {
  values: readonly number[];
  bounds: Bounds;
  /** Requested documents around the bounds, in descending order. */
  ranked: readonly RankedDocument[];
}
export interface RankedDocument {
  text: string;
  place: number;
  title: string;
  sha256: string;
  value: number;
  /** Number of documents with a higher score. */
  before: number;
  /** Whether the document passes the step, or the user keeps it. */
  stays: boolean;
}

interface StepResult {
  key: string;
  /** In sample order. */
  documents: readonly PreviewState[];
  tally: Tally;
}
interface PreviewState {
  /** Same list as before if nothing changed. */
  passages: readonly string[];
  /** Reason for removal, by this step or an earlier one. */
  out?: string;
  scores?: Scores;
}

export class Preview {
  private kept = '';
  private states: StepResult[] = [];
  private readonly originals: readonly PreviewState[];
  private readonly seen: Sample['of'];
  private steps: readonly Step[] = [];

  constructor(private readonly sample: Sample) {
    this.originals = sample.documents.map(({ passages }) => ({ passages }));
    // Pairs are never truncated. Adds the line break between input and target, which neither passage contains.
    const pairs = sample.documents.filter(({ facts }) => facts.isPair).length;
    const { documents, characters } = countsOf(this.originals);
    this.seen = { documents, characters: characters + pairs };
  }

  /** Runs one preview at a time. @throws the signal's reason when stopped; finished work is kept */
  async of(recipe: Recipe, look: Look, { signal }: Job): Promise<Previewed> {
    const steps = recipe.steps.filter(({ isOn }) => isOn);
    const kept = JSON.stringify([...recipe.kept].sort());
    if (kept !== this.kept) this.states = [];
    this.kept = kept;
    const keys = steps.map(({ rule, settings }) => JSON.stringify([rule, settings]));
    const firstDifferent = keys.findIndex((key, i) => this.states[i]?.key !== key);
    this.states.length = firstDifferent === -1 ? steps.length : firstDifferent;
    const keptHashes = new Set(recipe.kept);
    while (this.states.length < steps.length) {
      await yieldToEventLoop();
      signal.throwIfAborted();
      const i = this.states.length;
      this.states.push(await this.runStep(steps[i]!, keys[i]!, this.statesBefore(i), keptHashes));
    }
    this.steps = steps;
    return { hash: await recipeHash(recipe), ...this.summary(look) };
  }

  private statesBefore(step: number): readonly PreviewState[] {
    return this.states[step - 1]?.documents ?? this.originals;
  }

  private async runStep(
    { rule, settings }: Step,
    key: string,
    before: readonly PreviewState[],
    keptHashes: ReadonlySet<string>,
  ): Promise<StepResult> {
    // Each text is cleaned on its own.
    const startedByText = new Map<string, StartedRule>();
    for (const { text } of this.sample.documents)
      if (!startedByText.has(text)) startedByText.set(text, await ruleOf(rule).start(settings as never));
    for (const [i, { passages, out }] of before.entries()) {
      const { facts, text } = this.sample.documents[i]!;
      const survey = out === undefined && !isEmptied(passages, facts) && startedByText.get(text)!.survey?.();
      if (!survey) continue;
      for (const passage of passages) survey.see(passage);
      survey.end();
    }
    const tally = newTally({ rule });
    const documents = before.map((state, i): PreviewState => {
      if (state.out) return state;
      const { facts, sha256, text } = this.sample.documents[i]!;
      const ruleOnDoc = ruleOnDocument({ rule, startedRule: startedByText.get(text)! }, facts);
      if (ruleOnDoc.see) for (const passage of state.passages) ruleOnDoc.see(passage);
      const { out, scores } = ruleOnDoc.verdict?.() ?? {};
      const ownScores = scores && { scores };
      if (out !== undefined && !keptHashes.has(sha256)) {
        tally.out++;
        return { ...state, out, ...ownScores };
      }
      const change = ruleOnDoc.changes?.();
      const counts = { places: 0, characters: 0 };
      const passages = change
        ? state.passages.map((passage) => applyRules([{ change, counts }], passage))
        : state.passages;
      if (counts.places === 0) return { passages: state.passages, ...ownScores };
      tally.changed++;
      tally.places += counts.places;
      tally.characters += counts.characters;
      return { passages, ...ownScores };
    });
    return { key, documents, tally };
  }

  private summary(look: Look): Omit<Previewed, 'hash'> {
    const last = this.statesBefore(this.states.length);
    const out: ShownOut[] = [];
    const remaining: PreviewState[] = [];
    for (const [i, state] of last.entries()) {
      const { facts } = this.sample.documents[i]!;
      const reason = state.out ?? (isEmptied(state.passages, facts) ? 'no text remains' : undefined);
      if (reason === undefined) {
        remaining.push(state);
        continue;
      }
      const isRemovedBy = ({ documents }: StepResult): boolean => documents[i]!.out !== undefined;
      const step = state.out === undefined ? null : this.states.findIndex(isRemovedBy);
      const { sha256 } = this.sample.documents[i]!;
      out.push({ ...this.identify(i), sha256, step, reason, scores: this.scoresOf(i) });
    }
    return {
      of: this.sample.of,
      seen: this.seen,
      left: countsOf(remaining),
      tallies: this.states.map(({ tally }) => tally),
      out,
      shown: this.changeToShow(look),
      measured: this.documentScores(look),
    };
  }

  private documentScores({ step, text, rows = 5 }: Look): DocumentScores {
    const selected = step === null ? undefined : this.steps[step];
    if (step === null || !selected) return { texts: [], text: undefined, scores: {} };
    const { documents } = this.states[step]!;
    const reached = this.statesBefore(step).flatMap(({ out }, i) =>
      out === undefined && documents[i]!.scores ? [i] : [],
    );
    const measures = Object.entries(ruleOf(selected.rule).measures ?? {});
    const isByText = measures.some(([, { share }]) => share !== undefined);
    const texts = isByText ? [...new Set(reached.map((i) => this.sample.documents[i]!.text))] : [];
    const shownText = text !== undefined && texts.includes(text) ? text : texts[0];
    const candidates = isByText ? reached.filter((i) => this.sample.documents[i]!.text === shownText) : reached;
    const scores: Record<string, MeasuredScore> = {};
    for (const [name, measure] of measures) {
      const scored = candidates.filter((i) => documents[i]!.scores![name] !== undefined);
      if (scored.length === 0) continue;
      const values = scored.map((i) => documents[i]!.scores![name]!);
      const bounds = boundsOf(measure, selected.settings, values);
      const rankedDocument = ({ i, before }: Rank): RankedDocument => {
        const index = scored[i]!;
        const { sha256 } = this.sample.documents[index]!;
        const stays = documents[index]!.out === undefined;
        return { ...this.identify(index), sha256, value: values[i]!, before, stays };
      };
      scores[name] = { values, bounds, ranked: ranked(values, bounds, rows).map(rankedDocument) };
    }
    return { texts, text: shownText, scores };
  }

  /** Falls back to the first remaining document. */
  private changeToShow({ step, at }: Look): Shown | null {
    const before = this.statesBefore(step ?? 0);
    const after = step === null ? this.statesBefore(this.states.length) : (this.states[step]?.documents ?? before);
    const changed = before.flatMap(({ passages }, index) =>
      !after[index]!.out &&
      after[index]!.passages !== passages &&
      !isEmptied(after[index]!.passages, this.sample.documents[index]!.facts)
        ? [index]
        : [],
    );
    const position = Math.max(0, Math.min(at, changed.length - 1));
    const index = changed[position] ?? after.findIndex(({ out }) => !out);
    if (index === -1 || !before[index]) return null;
    const [textBefore, textAfter] = [
      fullText(before[index], this.sample.documents[index]!),
      fullText(after[index]!, this.sample.documents[index]!),
    ];
    const charactersBefore = countCharacters(textBefore);
    const charactersAfter = countCharacters(textAfter);
    return {
      ...this.identify(index),
      ...marked(textBefore, textAfter),
      charactersBefore,
      charactersAfter,
      isBeginning: charactersBefore < this.sample.documents[index]!.characters,
      isProgram: this.sample.documents[index]!.facts.code !== undefined,
      scores: this.scoresOf(index),
      at: position,
      of: changed.length,
    };
  }

  private scoresOf(i: number): Scores {
    return Object.assign({}, ...this.states.map(({ documents }) => documents[i]!.scores)) as Scores;
  }

  private identify(i: number): Pick<Shown, 'text' | 'place' | 'title'> {
    const { text, place, facts } = this.sample.documents[i]!;
    return { text, place, title: facts.title };
  }
}

const fullText = ({ passages }: PreviewState, { facts }: SampledDocument): string =>
  passages.join(facts.isPair ? '\n' : '');

const countsOf = (documents: readonly PreviewState[]): Sample['of'] => ({
  documents: documents.length,
  characters: documents.reduce(
    (sum, { passages }) => sum + passages.reduce((length, passage) => length + countCharacters(passage), 0),
    0,
  ),
});
