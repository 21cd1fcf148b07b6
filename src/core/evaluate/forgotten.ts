/** Forgetting: perplexity on text of the base's training data, before and after tuning. */
import { type Pause, unwatched } from '../base/job';
import type { Estimate } from '../metrics/metric';
import type { ModelChoice, Network } from '../models/network';
import { evaluatedAs, type ObjectiveId } from '../objectives';
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { Held } from './blocks';
import { evaluate, type EvaluationJob } from './evaluate';

/** Whether a model has a perplexity, or pseudo-perplexity, on text. */
export function hasPerplexity(objective: ObjectiveId, model: Pick<ModelChoice, 'id' | 'config'>): boolean {
  const as = evaluatedAs(objective, model);
  return as === 'nextTokens' || as === 'maskedTokens';
}

/** Perplexity of a model on whole documents, bit for bit that of `evaluate`. @param objective of the model */
export const perplexityOn =
  (documents: readonly Held[], tokenizer: Tokenizer, objective: ObjectiveId, job: EvaluationJob = unwatched) =>
  async (network: Network, pause?: Pause): Promise<Estimate> => {
    const id = evaluatedAs(objective, network.choice) === 'maskedTokens' ? 'pseudoPerplexity' : 'perplexity';
    const { metrics } = await evaluate(
      network,
      tokenizer,
      { documents, metrics: [id], objective },
      { ...job, ...(pause && { pause }) },
    );
    const { value, low, high } = metrics[id] ?? { value: NaN };
    return { value, ...(low !== undefined && { low }), ...(high !== undefined && { high }) };
  };
