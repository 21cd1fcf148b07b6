import { fileName } from '../base/fileName';

/** Name of a run's exported files, without an ending: `moby-dick-step-2600`. The step is left out while it isn't known. */
export const exportName = (run: string, step: number | undefined): string =>
  fileName(run, 'model') + (step === undefined ? '' : `-step-${step}`);
