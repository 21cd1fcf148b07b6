import type { Gpu } from '../gpu/backend';
import { candidates, choose, SHAPE_CLASSES } from '../ops/cut';

/** Makes the engine take the ways that it takes on a GPU, whatever this adapter is, until `undo`: what real users run. */
export function asOnHardware(gpu: Gpu): { undo(): void } {
  const { software } = gpu.adapter;
  const set = (value: boolean): void => {
    gpu.adapter.software = value;
    for (const name of SHAPE_CLASSES) choose(gpu, name, Object.values(candidates(gpu, name))[0]!);
  };
  set(false);
  return { undo: () => set(software) };
}
