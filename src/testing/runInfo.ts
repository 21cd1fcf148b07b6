import type { RunInfo } from '../core/export/homegrownJson';

/** homegrown.json of a run, with another recipe or other data in its newest segment. */
export function learning(info: RunInfo, change: Partial<Pick<RunInfo['segments'][0], 'recipe' | 'data'>>): RunInfo {
  const segments = info.segments.with(-1, { ...info.segments.at(-1)!, ...change });
  return { ...info, segments: segments as unknown as RunInfo['segments'] };
}
