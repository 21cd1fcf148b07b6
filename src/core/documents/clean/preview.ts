/**
 * Previews a recipe on a sample. Caches the result of each step, so that a change to one doesn't rerun the steps before
 * it.
 */
import { type Job, yieldToEventLoop } from '../../base/job';
import { countCharacters } from '../../base/utf8';

import { marked, type Marked } from './marks';
import { type Bounds, boundsOf, type Rank, ranked } from './measures';
import { applied } from './parts';
import { type Recipe, recipeHash, type Step } from './recipe';
import { ruleOf } from './rules';
import type { Working } from './rules/rule';
import type { Sample, SampledDocument } from './sample';
import { isEmptied, onDocument, type Scores, tallyOf, type Tally } from './steps';

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

interface State {
  key: string;
  /** In sample order. */
  documents: readonly DocumentState[];
  tally: Tally;
}
interface DocumentState {
  /** Same list as before if nothing changed. */
  passages: readonly string[];
  /** Reason for removal, by this step or an earlier one. */
  out?: string;
  scores?: Scores;
}

export class Preview {
  private kept = '';
  private states: State[] = [];
  private readonly begin: readonly DocumentState[];
  private readonly seen: Sample['of'];
  private steps: readonly Step[] = [];

  constructor(private readonly sample: Sample) {
    this.begin = sample.documents.map(({ passages }) => ({ passages }));
    // Pairs are never truncated. Adds the line break between input and target, which neither passage contains.
    const pairs = sample.documents.filter(({ facts }) => facts.isPair).length;
    const { documents, characters } = countsOf(this.begin);
    this.seen = { documents, characters: characters + pairs };
  }

  /** Runs one preview at a time. @throws the signal's reason when stopped; finished work is kept */
  async of(recipe: Recipe, look: Look, { signal }: Job): Promise<Previewed> {
    const steps = recipe.steps.filter(({ isOn }) => isOn);
    const kept = JSON.stringify([...recipe.kept].sort());
    if (kept !== this.kept) this.states = [];
    this.kept = kept;
    const keys = steps.map(({ rule, settings }) => JSON.stringify([rule, settings]));
    const isOther = keys.findIndex((key, i) => this.states[i]?.key !== key);
    this.states.length = isOther === -1 ? steps.length : isOther;
    const stay = new Set(recipe.kept);
    while (this.states.length < steps.length) {
      await yieldToEventLoop();
      signal.throwIfAborted();
      const i = this.states.length;
      this.states.push(await this.after(steps[i]!, keys[i]!, this.before(i), stay));
    }
    this.steps = steps;
    return { hash: await recipeHash(recipe), ...this.summary(look) };
  }

  private before(step: number): readonly DocumentState[] {
    return this.states[step - 1]?.documents ?? this.begin;
  }

  private async after(
    { rule, settings }: Step,
    key: string,
    before: readonly DocumentState[],
    stay: ReadonlySet<string>,
  ): Promise<State> {
    // Each text is cleaned on its own.
    const byText = new Map<string, Working>();
    for (const { text } of this.sample.documents)
      if (!byText.has(text)) byText.set(text, await ruleOf(rule).start(settings as never));
    for (const [i, { passages, out }] of before.entries()) {
      const { facts, text } = this.sample.documents[i]!;
      const survey = out === undefined && !isEmptied(passages, facts) && byText.get(text)!.survey?.();
      if (!survey) continue;
      for (const passage of passages) survey.see(passage);
      survey.end();
    }
    const tally = tallyOf({ rule });
    const documents = before.map((state, i): DocumentState => {
      if (state.out) return state;
      const { facts, sha256, text } = this.sample.documents[i]!;
      const on = onDocument({ rule, working: byText.get(text)! }, facts);
      if (on.see) for (const passage of state.passages) on.see(passage);
      const { out, scores } = on.verdict?.() ?? {};
      const own = scores && { scores };
      if (out !== undefined && !stay.has(sha256)) {
        tally.out++;
        return { ...state, out, ...own };
      }
      const change = on.changes?.();
      const sums = { places: 0, characters: 0 };
      const passages = change
        ? state.passages.map((passage) => applied([{ change, into: sums }], passage))
        : state.passages;
      if (sums.places === 0) return { passages: state.passages, ...own };
      tally.changed++;
      tally.places += sums.places;
      tally.characters += sums.characters;
      return { passages, ...own };
    });
    return { key, documents, tally };
  }

  private summary(look: Look): Omit<Previewed, 'hash'> {
    const last = this.before(this.states.length);
    const out: ShownOut[] = [];
    const remaining: DocumentState[] = [];
    for (const [i, state] of last.entries()) {
      const { facts } = this.sample.documents[i]!;
      const reason = state.out ?? (isEmptied(state.passages, facts) ? 'no text remains' : undefined);
      if (reason === undefined) {
        remaining.push(state);
        continue;
      }
      const isOut = ({ documents }: State): boolean => documents[i]!.out !== undefined;
      const step = state.out === undefined ? null : this.states.findIndex(isOut);
      const { sha256 } = this.sample.documents[i]!;
      out.push({ ...this.named(i), sha256, step, reason, scores: this.scoresOf(i) });
    }
    return {
      of: this.sample.of,
      seen: this.seen,
      left: countsOf(remaining),
      tallies: this.states.map(({ tally }) => tally),
      out,
      shown: this.shown(look),
      measured: this.measured(look),
    };
  }

  private measured({ step, text, rows = 5 }: Look): DocumentScores {
    const of = step === null ? undefined : this.steps[step];
    if (step === null || !of) return { texts: [], text: undefined, scores: {} };
    const { documents } = this.states[step]!;
    const came = this.before(step).flatMap(({ out }, i) => (out === undefined && documents[i]!.scores ? [i] : []));
    const stated = Object.entries(ruleOf(of.rule).measures ?? {});
    const isByText = stated.some(([, { share }]) => share !== undefined);
    const texts = isByText ? [...new Set(came.map((i) => this.sample.documents[i]!.text))] : [];
    const own = text !== undefined && texts.includes(text) ? text : texts[0];
    const looked = isByText ? came.filter((i) => this.sample.documents[i]!.text === own) : came;
    const scores: Record<string, MeasuredScore> = {};
    for (const [name, measure] of stated) {
      const having = looked.filter((i) => documents[i]!.scores![name] !== undefined);
      if (having.length === 0) continue;
      const values = having.map((i) => documents[i]!.scores![name]!);
      const bounds = boundsOf(measure, of.settings, values);
      const document = ({ i, before }: Rank): RankedDocument => {
        const at = having[i]!;
        const { sha256 } = this.sample.documents[at]!;
        const stays = documents[at]!.out === undefined;
        return { ...this.named(at), sha256, value: values[i]!, before, stays };
      };
      scores[name] = { values, bounds, ranked: ranked(values, bounds, rows).map(document) };
    }
    return { texts, text: own, scores };
  }

  /** Falls back to the first remaining document. */
  private shown({ step, at }: Look): Shown | null {
    const before = this.before(step ?? 0);
    const after = step === null ? this.before(this.states.length) : (this.states[step]?.documents ?? before);
    const touched = before.flatMap(({ passages }, i) =>
      !after[i]!.out &&
      after[i]!.passages !== passages &&
      !isEmptied(after[i]!.passages, this.sample.documents[i]!.facts)
        ? [i]
        : [],
    );
    const nth = Math.max(0, Math.min(at, touched.length - 1));
    const i = touched[nth] ?? after.findIndex(({ out }) => !out);
    if (i === -1 || !before[i]) return null;
    const [was, is] = [joined(before[i], this.sample.documents[i]!), joined(after[i]!, this.sample.documents[i]!)];
    const charactersBefore = countCharacters(was);
    const charactersAfter = countCharacters(is);
    return {
      ...this.named(i),
      ...marked(was, is),
      charactersBefore,
      charactersAfter,
      isBeginning: charactersBefore < this.sample.documents[i]!.characters,
      isProgram: this.sample.documents[i]!.facts.code !== undefined,
      scores: this.scoresOf(i),
      at: nth,
      of: touched.length,
    };
  }

  private scoresOf(i: number): Scores {
    return Object.assign({}, ...this.states.map(({ documents }) => documents[i]!.scores)) as Scores;
  }

  private named(i: number): Pick<Shown, 'text' | 'place' | 'title'> {
    const { text, place, facts } = this.sample.documents[i]!;
    return { text, place, title: facts.title };
  }
}

const joined = ({ passages }: DocumentState, { facts }: SampledDocument): string =>
  passages.join(facts.isPair ? '\n' : '');

const countsOf = (documents: readonly DocumentState[]): Sample['of'] => ({
  documents: documents.length,
  characters: documents.reduce(
    (sum, { passages }) => sum + passages.reduce((own, passage) => own + countCharacters(passage), 0),
    0,
  ),
});
