/** What tuning makes a model forget: its perplexity on text that it had learnt before. */
import { type Pause, unwatched } from '../base/job';
import type { Estimate } from '../metrics/metric';
import { modelSpec } from '../models';
import type { Network } from '../models/network';
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { Held } from './blocks';
import { evaluate, type EvaluationJob } from './evaluate';

/** Measures a model on whole documents, as `evaluate` does, to the bit. */
export const perplexityOn =
  (documents: readonly Held[], tokenizer: Tokenizer, job: EvaluationJob = unwatched) =>
  async (network: Network, pause?: Pause): Promise<Estimate> => {
    const id = modelSpec(network.choice.id).kind === 'encoder' ? 'pseudoPerplexity' : 'perplexity';
    const { metrics } = await evaluate(
      network,
      tokenizer,
      { documents, metrics: [id] },
      { ...job, ...(pause && { pause }) },
    );
    const { value, low, high } = metrics[id] ?? { value: NaN };
    return { value, ...(low !== undefined && { low }), ...(high !== undefined && { high }) };
  };
