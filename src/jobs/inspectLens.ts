/** Logit lens of each prediction of a passage, for a page: with the text of every token. */
import type { Pause } from '../core/base/job';
import { tokenText } from '../core/inspect/tokenText';
import { inspect, type InspectionOf } from './inspect';
import type { InspectTokensInput } from './inspectTokens';
import type { LoadedModel } from './loadedModel';

export interface InspectedLens {
  /** Most probable token of the output. */
  answer: string;
  /** First of `depths` whose most probable token is the answer. */
  firstLeads: number;
  /** [layers + 1]: before the first layer, then after each. */
  depths: readonly LensDepth[];
}
export interface LensDepth {
  /** Most probable token at this depth, and its probability. */
  text: string;
  probability: number;
  /** Probability and rank of the answer. */
  answer: { probability: number; rank: number };
  /** KL(output ‖ lens), in nats; 0 after the last layer. */
  divergence: number;
}

/**
 * Returns a lens for each prediction, in the order of `inspectTokens`.
 * @throws HomegrownError `bad-settings` from a classifier, or if the passage can't be read; `diverged`
 */
export async function inspectLens(
  model: Pick<LoadedModel, 'network' | 'tokenizer'>,
  { prompt }: Pick<InspectTokensInput, 'prompt'>,
  pause: Pause,
): Promise<readonly InspectedLens[]> {
  const textOf = (id: number): string => tokenText(model.tokenizer, id);
  const input = { what: 'lens', prompt, alternatives: 1, replacement: 'zero', seed: 0 } as const;
  const { lenses } = (await inspect(model, input, pause)) as InspectionOf<'lens'>;
  return lenses.map(({ answer, firstLeads, depths }) => ({
    answer: textOf(answer),
    firstLeads,
    depths: depths.map(({ alternatives: [top], answer: ofAnswer, divergence }) => ({
      text: textOf(top!.id),
      probability: top!.probability,
      answer: ofAnswer,
      divergence,
    })),
  }));
}
