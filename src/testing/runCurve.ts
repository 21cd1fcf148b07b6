/** A loss curve to judge, made of few points. */
import { METRICS } from '../core/metrics';
import { causal } from '../core/objectives/causal';
import { meanAt } from '../core/train/meanAt';
import type { RunCurve } from '../core/train/verdict';

export type CountedBaselines = { vocabulary: number; unigramLoss: number | null };
/** In perplexity, compared with a uniform model and, if known, a unigram model. */
export const inPerplexity = ({ vocabulary, unigramLoss: loss }: CountedBaselines) => ({
  headline: METRICS.perplexity,
  baselines: causal.baselines({ vocabulary, data: loss === null ? null : { unigramLoss: loss } }),
  more: 'A larger model or a longer context',
});

/** A curve whose training loss is given at each evaluation and is constant in between. */
export function runCurve(
  points: readonly (readonly [step: number, held: number, trained: number])[],
  { vocabulary = 1000, unigramLoss = 6, ...overrides }: Partial<RunCurve & CountedBaselines> = {},
): RunCurve {
  const steps: number[] = [];
  const loss: number[] = [];
  for (const [step, , trained] of points) {
    for (let s = (steps.at(-1) ?? 0) + 1; s <= step; s++) {
      steps.push(s);
      loss.push(trained);
    }
  }
  return {
    trained: (step, after) => meanAt({ step: steps, loss }, step, after),
    evaluations: points.map(([step, held]) => ({ step, loss: held })),
    planned: 1000,
    ending: null,
    ...inPerplexity({ vocabulary, unigramLoss }),
    after: 0,
    warmup: 0,
    text: null,
    isGapKnown: true,
    epoch: 50,
    evalTokens: 16_384,
    ...overrides,
  };
}
