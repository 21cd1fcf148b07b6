/** The optimizers' updates on the GPU: one dispatch over all weights where they lie side by side, else one for each. */
import type { Scalar, Tensor1D, Variable } from '@tensorflow/tfjs';
import { BLOCK, blocks, gathered, overRuns } from '../gpu/arena';
import { dispatch, inFours, type Kernel, overElements } from '../gpu/dispatch';
import { forgetValues } from '../gpu/tfjs';
import type { Slot } from './update';

/** Bindings beside those for what an optimizer remembers. `table`: see gpu/arena.ts, its flag is weight decay. */
export type UpdateBinding = 'w' | 'g' | 'table' | 'rates' | 'norm';

/** `state`: what the optimizer remembers of each slot, under its name in the kernel. */
export function updateOnGpu<S extends Slot, Name extends string>(
  slots: readonly S[],
  rates: Tensor1D,
  norm: Scalar,
  state: Readonly<Record<Name, (slot: S) => Variable>>,
  kernel: (elements: number) => Kernel<UpdateBinding | Name>,
): void {
  const names = Object.keys(state) as Name[];
  const places = [(slot: S): Variable => slot.parameter, ...names.map((name) => state[name])];
  const parameters = slots.map(({ parameter }) => parameter);
  const gradients = slots.map(({ gradient }) => gradient);
  overRuns(
    places.map((place) => slots.map(place)),
    (run, [w, ...rest]) => {
      const table = blocks(parameters, run, (i) => slots[i]!.decay);
      const remembered = Object.fromEntries(names.map((name, i) => [name, rest[i]]));
      dispatch<string>(kernel(run.elements), { ...remembered, w, g: gathered(gradients, run), table, rates, norm });
    },
  );
  for (const slot of slots) for (const place of places) forgetValues(place(slot));
}

/**
 * Around an optimizer's own lines, which see the index `i`, the clipped gradient `g_i` and whether `decays`; weights, moments
 * and gradients lie as `inFours` says. What they leave in the padding after a tensor is never read.
 */
export function overWeights(elements: number, clip: number, lines: string) {
  const { width, count } = inFours(elements);
  return overElements(
    count,
    `let decays = table[i / ${BLOCK / width}u] >= 128;
  let g_i = g[i]${clip > 0 ? ` * min(1.0, ${clip} / (norm[0] + 1e-6))` : ''};
  ${lines}`,
  );
}
