import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import { breathe } from '../base/job';
import { evaluationWindows } from '../batches/evaluation';
import { compile, type Program } from '../gpu/program';
import type { Network } from '../models/network';
import { softmaxCrossEntropy } from '../ops/softmaxCrossEntropy';
import type { TokenSource } from '../shards/manifest';

export interface EvaluationSettings {
  /** Windows at once. */
  rows: number;
  /** At most as many tokens are predicted; they are spread evenly over the source. */
  tokens: number;
}

/**
 * Mean nats per token over windows of `context` tokens, each beginning without what came before it.
 * The windows depend on the source and the settings alone, so that losses of different steps compare.
 */
export async function meanLoss(
  network: Network,
  source: TokenSource,
  { rows, tokens }: EvaluationSettings,
): Promise<number> {
  let program: Program<'ids' | 'targets', 'loss'> | undefined;
  let sum = 0;
  let count = 0;
  try {
    for await (const { inputs: ids, targets, ...shape } of evaluationWindows(
      source,
      network.choice.config.context,
      rows,
      tokens,
    )) {
      program ??= lossProgram(network, shape); // batches all have the shape of the first
      const { loss } = await program.run({ ids, targets });
      sum += loss[0]! * targets.length;
      count += targets.length;
      await breathe();
    }
  } finally {
    program?.dispose();
  }
  return sum / count;
}

const lossProgram = (
  network: Network,
  { rows, context }: { rows: number; context: number },
): Program<'ids' | 'targets', 'loss'> =>
  compile(
    { ids: { shape: [rows, context], dtype: 'int32' }, targets: { shape: [rows * context], dtype: 'int32' } },
    ({ ids, targets }) => ({
      loss: softmaxCrossEntropy(network.hidden(ids as Tensor2D), network.classifier, targets as Tensor1D),
    }),
  );

/** Nats per token as bits per byte of the text: what can be compared across tokenizers. */
export const bitsPerByte = (loss: number, { tokens, bytes }: Pick<TokenSource, 'tokens' | 'bytes'>): number =>
  (loss * tokens) / (bytes * Math.LN2);
