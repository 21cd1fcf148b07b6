/** Baselines of pairs: unigram loss on targets, and scores of copying the input. */
import type { MetricId } from '../metrics';
import { MAX_NGRAM_TEXT, scoreOf } from '../metrics/text/textMetric';
import { chrf } from '../metrics/text/chrf';
import { exactMatch } from '../metrics/text/exactMatch';
import type { PartSource } from '../shards/manifest';
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { BaselineFacts } from './facts';
import { countTargets, hasPairs, pairsIn, spread, textOf } from './pairRows';
import { unigramLoss } from './unigram';

/** Maximum number of validation pairs to score. */
const MAX_SCORED = 2000;

/** Baselines of pairs; empty if a part has no pairs. */
export async function measurePairs(
  train: PartSource,
  validation: PartSource,
  tokenizer: Tokenizer,
): Promise<Pick<BaselineFacts, 'pairs'>> {
  if (!(await hasPairs(train)) || !(await hasPairs(validation))) return {};
  const [trained, held] = [await pairsIn(train), await pairsIn(validation)];
  const copies = [];
  for (const place of spread(Math.min(held.count, MAX_SCORED), held.count)) {
    const { input, target } = await held.read(place);
    const [output, wanted] = [input, target].map((ids) => textOf(tokenizer, ids).slice(0, MAX_NGRAM_TEXT.count));
    copies.push({ output: output!, wanted: wanted! });
  }
  return {
    pairs: {
      unigramLoss: unigramLoss(await countTargets(trained, tokenizer), await countTargets(held, tokenizer)),
      copied: { exactMatch: scoreOf(exactMatch, copies), chrf: scoreOf(chrf(), copies) } satisfies Partial<
        Record<MetricId, number>
      >,
    },
  };
}
