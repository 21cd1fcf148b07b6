/** Baselines that were measured when a run's data was built, for an evaluation of the same part. */
import { evaluatedAs } from '../objectives';
import type { BaselineFacts } from '../objectives/facts';
import type { PartName } from '../shards/manifest';
import { partHash } from './partHash';
import type { RunRecord } from './record';
import type { DataFacts } from './settings';

/**
 * Returns the facts of a run's data if they have n-gram baselines for this part. Undefined for the test part, which
 * isn't measured when data is built. Also undefined for records of older builds, texts too long to count, other data
 * than the manifest's, and models that don't predict the next token.
 */
export function storedBaselines(
  { model, objective }: Pick<RunRecord, 'model' | 'objective'>,
  facts: DataFacts | null,
  manifest: Parameters<typeof partHash>[0],
  part: PartName,
): BaselineFacts | undefined {
  if (part !== 'validation' || !facts?.nGrams || !facts.nGramTop) return undefined;
  if (evaluatedAs(objective, model) !== 'nextTokens') return undefined;
  return partHash(facts, part) === partHash(manifest, part) ? facts : undefined;
}
