/** What a fine-tuning starts from, and previews of its chats. */
import type { Progress } from '../../core/base/job';
import type { TuningChoice } from '../../core/runs/tuning';
import type { Recipe } from '../../core/train/recipe';
import type { DataApi, LossMaskPreview } from '../../protocol/data';
import type { MixedPoint } from '../../protocol/gpu';
import type { Classifying } from './classifying';

export interface TuningSlice {
  setTuning(change: Partial<TuningChoice>): void;
  setTuningRecipe(change: Partial<Recipe>): void;
  /** What is done with classifiers, which comes with who does it. */
  classifying(): Promise<Classifying>;
  /** What a run would learn of chats, if it tuned another one's model. */
  previewLossMask(asked: PreviewAsked, options?: PreviewOptions): Promise<LossMaskPreview>;
  /** Averages a tuned run's newest step with its base at each share of the base, and reports each point. */
  mix(
    runId: string,
    shares: readonly number[],
    onPoints: (points: readonly MixedPoint[]) => void,
    signal: AbortSignal,
  ): Promise<void>;
  /** One of these as a run of its own, which becomes the project's. False where it could not be kept, which is said. */
  keepMix(runId: string, share: number, name: string): Promise<boolean>;
  /** Those chats to tune on, one of the two as the assistant. */
  addSpoken(textId: string, assistant: string): Promise<void>;
}

export interface PreviewOptions {
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
}

export interface PreviewAsked extends Pick<DataApi['previewLossMask']['input'], 'texts' | 'from' | 'count'> {
  /** The base's. */
  runId: string;
  /** In place of the base's own, or the usual one. */
  template: string | null;
}
