import type { ObjectiveId } from '../objectives';

/** How to train: everything but the model and the data. A run is fully determined by model, data, recipe and backend. */
export interface Recipe {
  /** What is learnt. */
  objective: ObjectiveId;
  optimizer: 'adamw' | 'sgd';
  /** Peak, after warm-up. */
  learningRate: number;
  schedule: 'cosine' | 'linear' | 'constant';
  /** Steps of linear rise from 0. */
  warmup: number;
  /** Where cosine and linear end, as a share of the peak. */
  finalRate: number;
  steps: number;
  /** Rows of `context` tokens that the device sees at once. */
  batch: number;
  /** Micro-batches of `batch` rows an update; 1 = every batch is one. */
  accumulate: number;
  /** The backward pass runs each block again instead of keeping its activations. */
  recompute: boolean;
  /** Decoupled (AdamW) or plain L2 (SGD); not applied to norms and biases. */
  weightDecay: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  /** SGD's. */
  momentum: number;
  /** Largest global norm of the gradient; 0 = no clipping. */
  clip: number;
  /** Probability, 0 <= p < 1. */
  dropout: number;
  /** Unsigned 32-bit. */
  seed: number;
  /** Steps between evaluations. */
  evalEvery: number;
  /** Validation tokens an evaluation reads at most. */
  evalTokens: number;
  /** Steps between checkpoints. */
  saveEvery: number;
  /** Continued at every evaluation, greedily seeded the same, to show what was learnt. */
  samplePrompt: string;
}

export const DEFAULT_RECIPE: Recipe = {
  objective: 'causal',
  optimizer: 'adamw',
  learningRate: 1e-3,
  schedule: 'cosine',
  warmup: 100,
  finalRate: 0.1,
  steps: 2000,
  batch: 12,
  accumulate: 1,
  recompute: false,
  weightDecay: 0.1,
  beta1: 0.9,
  beta2: 0.99,
  epsilon: 1e-8,
  momentum: 0.9,
  clip: 1,
  dropout: 0,
  seed: 1,
  evalEvery: 250,
  evalTokens: 16_384,
  saveEvery: 200,
  samplePrompt: 'The ',
};

/** Whether to recompute, before a run starts: `auto` goes by what the plan takes of the device's memory. */
export const RECOMPUTE_CHOICES = ['auto', 'on', 'off'] as const;
export type RecomputeChoice = (typeof RECOMPUTE_CHOICES)[number];

/** Tokens that one update of the weights learns from. */
export const tokensPerStep = ({ batch, accumulate }: Pick<Recipe, 'batch' | 'accumulate'>, context: number): number =>
  batch * accumulate * context;
