/** Settings of fine-tuning and calls for its data; the plan that a page shows is in tuningPlan.ts. */
import { toFailure } from '../core/base/errors';
import { counted } from '../core/base/units';
import { type TuneUse, tunedAs } from '../core/documents/record';
import { usualPooling } from '../core/models/classes';
import { readJournal } from '../core/runs/journal';
import { readKnownRun } from '../core/runs/record';
import { readTokenizer } from '../core/runs/tokenizer';
import { isTuning } from '../core/runs/tunes';
import type { Purpose, TuningChoice } from '../core/runs/tuning';
import { withChatTemplate } from '../core/tokenizer/tokenizer';
import type { TrainEvent } from '../core/train/run';
import type { Recipe } from '../core/train/recipe';
import type { Progress } from '../core/base/job';
import type { DataApi, Painting, RunRow } from '../protocol/data';
import type { MixedPoint } from '../protocol/gpu';
import type { Classifying } from './classifying';
import { explain } from './failures';
import type { Slice, Studio } from './studio';
import { alreadyHere } from './textNotes';

export interface TuningSlice {
  setTuning(change: Partial<TuningChoice>): void;
  setTuningRecipe(change: Partial<Recipe>): void;
  /** What is done with classifiers, which comes with who does it. */
  classifying(): Promise<Classifying>;
  /** What a run would learn of chats, if it tuned another one's model. */
  paint(asked: PaintAsked, options?: PaintOptions): Promise<Painting>;
  /** A tuned run's newest step, averaged with what it was tuned from at each share of that; told one by one. */
  mix(
    runId: string,
    shares: readonly number[],
    told: (points: readonly MixedPoint[]) => void,
    signal: AbortSignal,
  ): Promise<void>;
  /** One of these as a run of its own, which becomes the project's. False where it could not be kept, which is said. */
  keepMix(runId: string, share: number, name: string): Promise<boolean>;
  /** Who speaks in the chats of two people of a text, and in how many; none where it has no such. */
  speakersOf(textId: string): Promise<DataApi['speakers']['output']>;
  /** Those chats to tune on, one of the two as the assistant. */
  addSpoken(textId: string, assistant: string): Promise<void>;
  /** All that a run has told, also one that is not open. */
  toldBy(runId: string): Promise<readonly TrainEvent[]>;
}

export interface PaintOptions {
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
}
export interface PaintAsked extends Pick<DataApi['paint']['input'], 'texts' | 'from' | 'count'> {
  /** The base's. */
  runId: string;
  /** In place of the base's own, or the usual one. */
  template: string | null;
}

export const createTuningSlice: Slice<TuningSlice> = (services) => (_, get) => {
  const { data, gpu, store, now, newId, tabs } = services;
  let classifying: Classifying | undefined;
  const setTuning = (change: Partial<TuningChoice>): void =>
    get().change({ tuning: { ...get().project.tuning, ...change } });
  return {
    setTuning,
    setTuningRecipe(change) {
      const { purpose, recipe, classify } = get().project.tuning;
      const of = purpose === 'classify' ? classify : { recipe };
      const changed = {
        recipe: { ...of.recipe, ...change },
        ...(change.learningRate !== undefined && { rateByHand: true }),
      };
      setTuning(purpose === 'classify' ? { classify: { ...classify, ...changed } } : changed);
    },
    classifying: async () => (classifying ??= (await import('./classifying')).classifyingOver(services, get)),
    async paint({ runId, template, ...asked }, options) {
      const record = await readKnownRun(store, runId);
      const own = await readTokenizer(store, record);
      const tokenizer = template === null ? own : withChatTemplate(own, template);
      const { context } = record.model.config;
      return data.call('paint', { ...asked, tokenizer, context }, options);
    },
    async mix(runId, shares, told, signal) {
      await gpu.call('mix', { runId, which: 'latest', shares }, { signal, onProgress: told });
    },
    async keepMix(of, share, name) {
      const [runId, { id: projectId }] = [newId(), get().project];
      try {
        await data.call('mixRun', {
          runId,
          projectId,
          name,
          createdAt: now(),
          of: { runId: of, which: 'latest' },
          share,
        });
      } catch (error) {
        get().toast({ text: "Couldn't save the blend", detail: explain(toFailure(error)) });
        return false;
      }
      tabs.announce();
      await get().listRuns();
      await get().makeCurrent(runId);
      get().toast({ text: `Saved ${name}`, detail: 'now the open run' });
      return true;
    },
    speakersOf: (textId) => data.call('speakers', { textId }),
    async addSpoken(textId, assistant) {
      const { toast, project, loadTexts } = get();
      try {
        const input = { textId, assistant, projectId: project.id, addedAt: now() };
        const { outcome, leftOut } = await data.call('importSpeakers', input);
        tabs.announce();
        await loadTexts();
        const left =
          leftOut > 0 && `skipped ${counted(leftOut, 'document')} without a chat between two people with ${assistant}`;
        if (outcome.kind === 'duplicate')
          toast(alreadyHere([{ name: outcome.of.name, of: outcome.of }], project.id, true));
        else if (left) toast({ text: `Added chats with ${assistant}`, detail: left });
      } catch (error) {
        toast({ text: `Couldn't add chats with ${assistant}`, detail: explain(toFailure(error)) });
      }
    },
    toldBy: (runId) => readJournal(store, runId),
  };
};

/** What a tuning begins with: what was chosen where it is still there, else the project's run; a classifier writes no tokens. */
export function tuningBase(
  { project, runs }: Pick<Studio, 'project' | 'runs'>,
  purpose = project.tuning.purpose,
): { row: RunRow; step: number } | undefined {
  const { base } = project.tuning;
  if (base === 'nothing' && purpose === 'classify') return undefined;
  const rows = basesFor(runs, purpose);
  const chosen = base === 'nothing' ? undefined : rows.find(({ record }) => record.id === base?.runId);
  const row = chosen ?? rows.find(({ record }) => record.id === project.runId) ?? rows[0];
  return row && { row, step: chosen && base && base !== 'nothing' ? base.step : stepOf(row) };
}

/** Step of a run that tuning starts from by default. */
export const stepOf = ({ used, step }: RunRow): number => used ?? step;

/** Those that have a step, and can be tuned to this end. */
export const basesFor = (runs: Studio['runs'], purpose: Purpose): readonly RunRow[] =>
  (runs ?? []).filter(({ bytes, record: { model } }) => {
    const isKept = bytes !== null && bytes > 0;
    return isKept && (purpose === 'classify' ? usualPooling(model) !== undefined : !model.config.classes);
  });

const USES: Readonly<Record<Purpose, TuneUse>> = { adapt: 'text', instruct: 'chats', classify: 'labels' };
/** Of the texts that are for tuning, those of the purpose: chats to instruct, those with labels to classify, all others to adapt. */
export const toTuneOn = (
  { project, tuneTexts }: Pick<Studio, 'project' | 'tuneTexts'>,
  purpose = project.tuning.purpose,
): Studio['tuneTexts'] => tuneTexts.filter((text) => tunedAs(text) === USES[purpose]);

/** The run that was tuned last to write. */
export const lastTuned = ({ runs }: Pick<Studio, 'runs'>): RunRow | undefined =>
  runs?.find(({ record }) => isTuning(record) && !record.mixed && !record.model.config.classes);

/** Texts of the project that stand for what the base had learnt. */
export const oldTextsOf = ({ project, texts }: Pick<Studio, 'project' | 'texts'>): Studio['texts'] =>
  texts.filter(({ id }) => project.tuning.old.includes(id));

/** The classifier that pages of Tune show: the project's run where it is one, else the newest. */
export const classifierOf = ({ project, runs }: Pick<Studio, 'project' | 'runs'>): RunRow | undefined => {
  const rows = (runs ?? []).filter(({ bytes, record }) => bytes !== null && bytes > 0 && record.model.config.classes);
  return rows.find(({ record }) => record.id === project.runId) ?? rows[0];
};
