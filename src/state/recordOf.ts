import type { RunRecord } from '../core/runs/record';
import type { Studio } from './slices/studio';

/** Record of a run that is open or listed. */
export const recordOf = ({ opened, runs }: Pick<Studio, 'opened' | 'runs'>, runId: string): RunRecord | undefined =>
  opened[runId]?.record ?? runs?.find(({ record }) => record.id === runId)?.record;
