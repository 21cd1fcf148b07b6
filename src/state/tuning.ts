/** How a tuning is set, and what is read for it; what a page reckons of that comes with the page (tuningPlan.ts). */
import { readJournal } from '../core/runs/journal';
import { readKnownRun } from '../core/runs/record';
import { readTokenizer } from '../core/runs/tokenizer';
import type { TuningChoice } from '../core/runs/tuning';
import { withChatTemplate } from '../core/tokenizer/tokenizer';
import type { TrainEvent } from '../core/train/run';
import type { Recipe } from '../core/train/recipe';
import type { DataApi, Painting, RunRow } from '../protocol/data';
import type { Slice, Studio } from './studio';

export interface TuningSlice {
  setTuning(change: Partial<TuningChoice>): void;
  setTuningRecipe(change: Partial<Recipe>): void;
  /** What a run would learn of chats, if it tuned another one's model. */
  paint(asked: PaintAsked, signal?: AbortSignal): Promise<Painting>;
  /** All that a run has told, also one that is not open. */
  toldBy(runId: string): Promise<readonly TrainEvent[]>;
}

export interface PaintAsked extends Pick<DataApi['paint']['input'], 'texts' | 'from' | 'count'> {
  /** The base's. */
  runId: string;
  /** In place of the base's own, or the usual one. */
  template: string | null;
}

export const createTuningSlice: Slice<TuningSlice> =
  ({ data, store }) =>
  (_, get) => {
    const setTuning = (change: Partial<TuningChoice>): void =>
      get().change({ tuning: { ...get().project.tuning, ...change } });
    return {
      setTuning,
      setTuningRecipe: (change) =>
        setTuning({
          recipe: { ...get().project.tuning.recipe, ...change },
          ...(change.learningRate !== undefined && { rateByHand: true }),
        }),
      async paint({ runId, template, ...asked }, signal) {
        const record = await readKnownRun(store, runId);
        const own = await readTokenizer(store, record);
        const tokenizer = template === null ? own : withChatTemplate(own, template);
        const { context } = record.model.config;
        return data.call('paint', { ...asked, tokenizer, context }, { ...(signal && { signal }) });
      },
      toldBy: (runId) => readJournal(store, runId),
    };
  };

/** What a tuning begins with: what was chosen where it is still there, else the project's run. */
export function tuningBase({
  project,
  runs,
}: Pick<Studio, 'project' | 'runs'>): { row: RunRow; step: number } | undefined {
  const rows = (runs ?? []).filter(({ bytes }) => bytes !== null && bytes > 0);
  const { base } = project.tuning;
  const chosen = rows.find(({ record }) => record.id === base?.runId);
  const row = chosen ?? rows.find(({ record }) => record.id === project.runId) ?? rows[0];
  return row && { row, step: chosen && base ? base.step : row.step };
}

/** Of the texts that are for tuning, those of the purpose: chats to instruct, all others to adapt. */
export const toTuneOn = ({ project, tuneTexts }: Pick<Studio, 'project' | 'tuneTexts'>): Studio['tuneTexts'] =>
  tuneTexts.filter(({ conversations = false }) => conversations === (project.tuning.purpose === 'instruct'));

/** The run that was tuned last. */
export const lastTuned = ({ runs }: Pick<Studio, 'runs'>): RunRow | undefined =>
  runs?.find(({ record }) => record.parent?.how === 'fine-tune');
