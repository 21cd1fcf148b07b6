/** Start of a fine-tuning, and previews of its chats. */
import type { Progress } from '../../core/base/job';
import type { TuningChoice } from '../../core/runs/tuning';
import type { Recipe } from '../../core/train/recipe';
import type { DataApi, LossMaskPreview } from '../../protocol/data';
import type { MixedPoint } from '../../protocol/gpu';
import type { Classifying } from './classifying';

export interface TuningSlice {
  setTuning(change: Partial<TuningChoice>): void;
  setTuningRecipe(change: Partial<Recipe>): void;
  /** Loads the operations on classifiers. */
  classifying(): Promise<Classifying>;
  /** Loss mask of chats for a run that would tune another run's model. */
  previewLossMask(asked: PreviewAsked, options?: PreviewOptions): Promise<LossMaskPreview>;
  /** Averages a tuned run's newest step with its base at each share of the base, and reports each point. */
  mix(
    runId: string,
    shares: readonly number[],
    onPoints: (points: readonly MixedPoint[]) => void,
    signal: AbortSignal,
  ): Promise<void>;
  /** Saves one of these averages as a run, which becomes the project's. Returns false, with a toast, on failure. */
  keepMix(runId: string, share: number, name: string): Promise<boolean>;
  /** Adds conversations of two speakers as chats for tuning, with one of them as the assistant. */
  addSpoken(textId: string, assistant: string): Promise<void>;
}

export interface PreviewOptions {
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
}

export interface PreviewAsked extends Pick<DataApi['previewLossMask']['input'], 'texts' | 'from' | 'count'> {
  /** Run id of the base. */
  runId: string;
  /** Template that replaces the base's own, or the default. */
  template: string | null;
}
