/** Additions of fine-tuning to a run: its start and its objective. */
import type { Trainable } from '../../src/core/adapters/trainable';
import type { NamedTensors } from '../../src/core/checkpoint/tensors';
import { type ModelChoice, network, type FrozenDtype } from '../../src/core/models/network';
import type { Classes } from '../../src/core/models/spec';
import type { Purpose } from '../../src/core/runs/tuning';
import { tuningStart } from '../../src/jobs/tuningStart';
import type { Examples } from '../texts/examples';
import type { OldText } from '../texts/forgetting';
import type { StartingModel } from '../folders/startingModel';

/** Weights that a tuning run starts from. */
export interface TuningWeights {
  /** Trained part; absent if all weights are trained. */
  trainable?: Trainable;
  /** All weights of the base, and the tensors of an adapter that training continues from. */
  base: NamedTensors;
  /** Weights of the model before the first step, with that adapter merged. */
  weights: NamedTensors;
  /** Folder of that adapter. */
  from?: string;
  /** Sentence about that adapter, for the user. */
  words?: string;
}

export interface Tuning {
  /** Returns the weights that a run on this model starts from. */
  startOn(start: Pick<StartingModel, 'model' | 'weights'>): Promise<TuningWeights> | TuningWeights;
  /** Precision of frozen weights. */
  rest: FrozenDtype;
  /** Chat template in Jinja; absent: the tokenizer's own, or a default. Undefined without chats. */
  chats?: { template?: string };
  /** Labeled texts of a classifier, and its labels. */
  classify?: { examples: Examples; classes(model: Pick<ModelChoice, 'id'>): Classes };
  /** Files of old text; absent: the validation set of the base's run. */
  old: readonly string[] | undefined;
}

/** Returns the base with the head and labels of the run. @throws HomegrownError as `tuningStart` does */
export const tunedStart = (start: StartingModel, { classify }: Tuning, seed: number): StartingModel => ({
  ...start,
  ...tuningStart(start, classify?.classes(start.model), seed),
});

export const purposeOf = ({ chats, classify }: Pick<Tuning, 'chats' | 'classify'>): Purpose =>
  chats ? 'instruct' : classify ? 'classify' : 'adapt';

/** Measures perplexity on old text of a model that isn't training. */
export async function measuredBy(old: OldText, model: ModelChoice, weights: NamedTensors): Promise<number> {
  const net = await network(model, weights);
  try {
    return (await old(net)).value;
  } finally {
    net.dispose();
  }
}
