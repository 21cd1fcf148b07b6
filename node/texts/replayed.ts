/** Old text that tuning replays: the training text of the base. */
import { badFile, badSettings } from '../../src/core/base/errors';
import { isSameData } from '../../src/core/runs/segments';
import type { DataFacts } from '../../src/core/runs/settings';
import type { PartSource } from '../../src/core/shards/manifest';
import { checkVocabulary } from '../../src/jobs/oldText';
import type { Tokenizer } from '../../src/core/tokenizer/tokenizer';
import { readSavedData } from './evaluationData';
import { openSavedRun } from '../folders/savedRun';

export interface Replayed {
  part: PartSource;
  data: DataFacts;
}

interface ReplayRules {
  /** Facts of the text that a saved run replayed. */
  earlierData: DataFacts | undefined;
  /** Tokenizer of the run that replays it. */
  tokenizer: Pick<Tokenizer, 'size'>;
}

/**
 * @param from folder of the base
 * @throws HomegrownError `bad-settings` if the base has no run, its texts moved or it has another vocabulary; `bad-file`
 * if they changed
 */
export async function replayed(
  from: string | undefined,
  { earlierData, tokenizer }: ReplayRules,
  signal: AbortSignal,
): Promise<Replayed> {
  if (from === undefined) throw badSettings('--replay needs a base model, and this run has none.', 'Remove it.');
  const { train: part, data } = await readSavedData(await openSavedRun(from), signal);
  if (earlierData && !isSameData(earlierData, data))
    throw badFile(
      `The training text of the run in ${from} is not the text replayed before.`,
      'Name the original base with --from, or stop replay with --replay 0.',
    );
  checkVocabulary(part, tokenizer);
  return { part, data };
}
