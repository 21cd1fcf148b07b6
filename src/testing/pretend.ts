import { type AdapterSummary, type Gpu, MAX_DISPATCH_MS } from '../core/gpu/backend';
import { limitDispatches } from '../core/gpu/dispatch';
import { candidates, setTiling, SHAPE_CLASSES } from '../core/ops/tiling';

/** Makes the engine behave as on another adapter, until `undo`. */
export function pretend(
  gpu: Gpu,
  other: Partial<Pick<AdapterSummary, 'software' | 'lanes' | 'minLanes'>>,
): { undo(): void } {
  const original = { ...gpu.adapter };
  const apply = (adapter: typeof other): void => {
    Object.assign(gpu.adapter, adapter);
    limitDispatches(gpu.backend, gpu.adapter.software ? Infinity : MAX_DISPATCH_MS);
    for (const name of SHAPE_CLASSES) setTiling(gpu, name, Object.values(candidates(gpu, name))[0]!);
  };
  apply(other);
  return { undo: () => apply(original) };
}
/** A hardware GPU: most users have one, and this machine may not. */
export const HARDWARE = { software: false } as const;
/** A GPU or browser without subgroups. */
export const WITHOUT_SUBGROUPS = { software: false, lanes: 0, minLanes: 0 } as const;
/** A software GPU in a browser without subgroups. */
export const PROCESSOR_WITHOUT_SUBGROUPS = { software: true, lanes: 0, minLanes: 0 } as const;
