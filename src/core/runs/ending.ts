/** How the training of an inactive run ended. */
import type { Ending } from '../train/endingWord';
import type { EndReason } from '../train/patience';
import type { RunRecord } from './record';

/**
 * @param step newest saved step
 * @param planned steps of the whole run
 */
export function endingOf({ status }: Pick<RunRecord, 'status'>, step: number, planned: number): Ending {
  if (status === 'failed') return 'failed';
  if (step >= planned) return 'finished';
  return ({ finished: 'early', running: 'interrupted', stopped: 'stopped' } as const)[status];
}

/** Status of a run whose training ended, in the store and in a folder: early stopping counts as finished. */
export const endStatus = (reason: EndReason): 'finished' | 'stopped' => (reason === 'stopped' ? 'stopped' : 'finished');
