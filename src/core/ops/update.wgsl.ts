/** Optimizer updates on the GPU: one dispatch over all weights if they are contiguous, else one per weight. */
import type { Scalar, Tensor1D, Variable } from '@tensorflow/tfjs';
import { BLOCK, blocks, contiguous, overRuns } from '../gpu/arena';
import { dispatch, inFours, kernels, overElements } from '../gpu/dispatch';
import { forgetValues } from '../gpu/tfjs';
import type { Slot } from './update';

/**
 * Makes an optimizer's update. `state`: optimizer state of each slot, by its name in the kernel; weights are `w`.
 * `lines` use the index `i`, the clipped gradient `g_i`, `rates` and `decays`; weights, moments and gradients are
 * viewed as in `inFours`. Their writes to the padding after a tensor are never read.
 */
export function updateOnGpu<S extends Slot, Settings extends { clip: number }>(
  name: string,
  state: Readonly<Record<string, (slot: S) => Variable>>,
  lines: (settings: Settings) => string,
): (slots: readonly S[], rates: Tensor1D, norm: Scalar, settings: Settings) => void {
  const names = Object.keys(state);
  const variablesOf = [(slot: S): Variable => slot.parameter, ...Object.values(state)];
  const kernel = kernels((elements: number, settings: Settings) => {
    const { type, width, count } = inFours(elements);
    const { clip } = settings;
    return {
      name,
      // `table`: see gpu/arena.ts, its flag is weight decay.
      bindings: {
        ...Object.fromEntries(['w', ...names].map((binding) => [binding, ['update', type] as const])),
        g: ['read', type],
        table: ['read', 'i32'],
        rates: ['read', 'f32'],
        ...(clip > 0 && { norm: ['read', 'f32'] as const }),
      },
      ...overElements(
        count,
        `let decays = table[i / ${BLOCK / width}u] >= 128;
  let g_i = g[i]${clip > 0 ? ` * min(1.0, ${clip} / (norm[0] + 1e-6))` : ''};
  ${lines(settings)}`,
      ),
    };
  });
  return (slots, rates, norm, settings) => {
    const parameters = slots.map(({ parameter }) => parameter);
    const gradients = slots.map(({ gradient }) => gradient);
    overRuns(
      variablesOf.map((variableOf) => slots.map(variableOf)),
      (run, [w, ...stateOperands]) => {
        const table = blocks(parameters, run, (i) => slots[i]!.decay);
        const stateBindings = Object.fromEntries(names.map((binding, i) => [binding, stateOperands[i]]));
        const g = contiguous(gradients, run);
        dispatch<string>(kernel(run.elements, settings), { ...stateBindings, w, g, table, rates, norm });
      },
    );
    for (const slot of slots) for (const variableOf of variablesOf) forgetValues(variableOf(slot));
  };
}
