/** Old text that is replayed while a model is tuned: what the run of its base learnt from. */
import { badFile, badSettings } from '../../src/core/base/errors';
import { isSameData } from '../../src/core/runs/segments';
import type { DataFacts } from '../../src/core/runs/settings';
import type { PartSource } from '../../src/core/shards/manifest';
import { readRunData } from './evaluationData';
import { openSavedRun } from '../folders/savedRun';

export interface Replayed {
  part: PartSource;
  data: DataFacts;
}

/**
 * @param from folder of the base
 * @param known of a run that goes on, what it replayed before
 * @throws HomegrownError `bad-settings` where the base is not of a run whose texts lie where they lay; `bad-file` where they are
 * others now
 */
export async function replayed(
  from: string | undefined,
  known: DataFacts | undefined,
  signal: AbortSignal,
): Promise<Replayed> {
  if (from === undefined) throw badSettings('--replay needs a base model, and this run has none.', 'Remove it.');
  const { train: part, data } = await readRunData(await openSavedRun(from), signal);
  if (known && !isSameData(known, data))
    throw badFile(
      `The training text of the run in ${from} is not the text replayed before.`,
      'Name the original base with --from, or stop replay with --replay 0.',
    );
  return { part, data };
}
