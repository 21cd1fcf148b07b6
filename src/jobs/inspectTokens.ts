/** Inspects how well a model predicts each token of a passage, for a page: with the text of every token. */
import type { Pause } from '../core/base/job';
import type { WhichSnapshot } from '../core/checkpoint/snapshot';
import type { Prediction } from '../core/inspect/prediction';
import { tokenText } from '../core/inspect/tokenText';
import { modelSpec } from '../core/models';
import { inspect, type InspectionOf } from './inspect';
import type { LoadedModel } from './loadedModel';

export interface InspectTokensInput {
  runId: string;
  which: WhichSnapshot;
  prompt: string;
}

export interface InspectedPassage {
  /** Step of the inspected checkpoint. */
  step: number;
  /** Text before the first predicted token: the first token of a decoder's passage. */
  start: string;
  /** Predicted tokens in order. */
  tokens: readonly InspectedToken[];
  /** Number of tokens that didn't fit into the context. */
  cut: number;
}
export interface InspectedToken extends Omit<Prediction, 'alternatives'> {
  /** True token and its text; null if it is unknown: at a blank, or after the end of the passage. */
  id: number | null;
  text: string | null;
  /** Most probable tokens, best first. */
  alternatives: readonly { id: number; text: string; probability: number }[];
}

/** @throws HomegrownError `bad-settings` from a classifier, or if the passage can't be read; `diverged` */
export async function inspectTokens(
  model: Pick<LoadedModel, 'network' | 'tokenizer' | 'step'>,
  { prompt }: Pick<InspectTokensInput, 'prompt'>,
  pause: Pause,
): Promise<InspectedPassage> {
  const { tokenizer, step } = model;
  const input = { what: 'loss', prompt, alternatives: ALTERNATIVES, replacement: 'zero', seed: 0 } as const;
  const { passage, predictions } = (await inspect(model, input, pause)) as InspectionOf<'loss'>;
  const isDecoder = modelSpec(model.network.choice.id).kind === 'decoder';
  return {
    step,
    start: isDecoder ? tokenText(tokenizer, passage.ids[0]!) : '',
    tokens: predictions.map(({ position: _, expected, alternatives, ...prediction }) => ({
      ...prediction,
      id: expected ?? null,
      text: expected === undefined ? null : tokenText(tokenizer, expected),
      alternatives: alternatives.map(({ id, probability }) => ({ id, text: tokenText(tokenizer, id), probability })),
    })),
    cut: passage.cut.prompt + passage.cut.target,
  };
}
/** Number of alternatives of each token. */
const ALTERNATIVES = 10;
