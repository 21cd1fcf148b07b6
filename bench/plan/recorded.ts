/** Recorded runs of our terminal, one line of JSON each: settings, facts of the text, and the validation curve. */
import { readFileSync } from 'node:fs';
import { modelSpec } from '../../src/core/models';
import { type BaseConfig, usualConfig } from '../../src/core/models/spec';
import { costOf } from '../../src/core/plan/pace';
import type { Circumstances, QualityKind } from '../../src/core/plan/quality';

/**
 * An evaluation: step, validation loss (nats per token), training loss, bits per byte. With a standard error, the
 * training loss is the mean around that step (meanAt); without one, in recorded.jsonl and heldOut.jsonl, the loss of
 * one step.
 */
export type CurvePoint = readonly [
  step: number,
  loss: number,
  trained: number | null,
  bits: number | null,
  error?: number,
];

/** A run to record: a text, the number of its first bytes to use (absent: all), and flags of `grow`. */
export interface Wanted {
  text: string;
  bytes?: number;
  flags: Readonly<Record<string, string | number>>;
}

/** Facts of the text that the plan uses, with the vocabulary of the run. */
export interface TextFacts {
  bytes: number;
  repeated: number;
  vocabulary: number;
  bytesPerToken: number;
  unigramBits: number;
}

export interface Recorded extends Wanted {
  facts: TextFacts;
  /** Band of the plan; present for a run with `--minutes`. */
  expected?: { low: number; value: number; high: number };
  looks: readonly CurvePoint[];
  seconds: number;
}

export const readRecorded = (file: string): readonly Recorded[] =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Recorded);

/** Training share of `grow`, which holds out a tenth. */
const TRAINED_ON = 0.9;

/** Sizes of the run's model. */
export function configOf({ flags }: Pick<Recorded, 'flags'>): BaseConfig {
  const [layers, heads, width, context] = (['layers', 'heads', 'width', 'context'] as const).map((name) =>
    Number(flags[name]),
  ) as [number, number, number, number];
  return usualConfig(modelSpec(flags['model'] as QualityKind), { layers, heads, width, context });
}

export function circumstancesOf({ flags, facts }: Pick<Recorded, 'flags' | 'facts'>): Circumstances {
  const number = (name: string): number => Number(flags[name] ?? 0);
  const id = flags['model'] as QualityKind;
  const config = configOf({ flags });
  return {
    kind: id,
    vocabulary: facts.vocabulary,
    repeated: facts.repeated,
    parameters: costOf(modelSpec(id), config, facts.vocabulary).ofLayers,
    unique: (TRAINED_ON * facts.bytes) / facts.bytesPerToken,
    perStep: number('batch') * config.context,
    steps: number('steps'),
    learningRate: number('learning-rate'),
    dropout: number('dropout'),
  };
}

/** Loss of a unigram model, in nats per token. */
export const unigramLossOf = ({ facts }: Pick<Recorded, 'facts'>): number =>
  Math.LN2 * facts.bytesPerToken * facts.unigramBits;

/** Loss at the best evaluation, in nats per token. */
export const lossOf = ({ looks }: Pick<Recorded, 'looks'>): number => Math.min(...looks.map(([, loss]) => loss));

/** The best loss so far at each evaluation after the first steps and before the last, in nats per token. */
export function seenOf({ looks, flags }: Pick<Recorded, 'looks' | 'flags'>): readonly { step: number; loss: number }[] {
  let best = Infinity;
  return looks.flatMap(([step, loss]) => {
    best = Math.min(best, loss);
    return step >= FIRST_SEEN && step < Number(flags['steps']) ? [{ step, loss: best }] : [];
  });
}
const FIRST_SEEN = 10;
