/** The default learning rate of a run, in the app and the terminal. */
import type { Trainable } from '../adapters/trainable';
import { paramsOf } from '../models';
import type { ModelChoice } from '../models/network';
import { countParams } from '../models/spec';
import { type OptimizerId, optimizerOf } from '../optim';
import { usualTuningRate } from './tuningConfig';

/** Training of all weights at the usual rate of the model's size, or tuning of a part; `trainable` undefined: all weights. */
export type TrainingStart = 'untuned' | { trainable: Trainable | undefined };

/** Peak learning rate of the optimizer for the model's size, and for a tuning its trained part. */
export const defaultLearningRate = (model: ModelChoice, optimizer: OptimizerId, start: TrainingStart): number =>
  start === 'untuned'
    ? optimizerOf(optimizer).usualRate(countParams(paramsOf(model)))
    : usualTuningRate(model, start.trainable, optimizer);
