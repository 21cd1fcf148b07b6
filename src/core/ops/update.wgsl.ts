/** The optimizers' updates on the GPU: one dispatch over all weights where they lie side by side, else one for each. */
import type { Scalar, Tensor1D, Variable } from '@tensorflow/tfjs';
import { BLOCK, blocks, gathered, overRuns } from '../gpu/arena';
import { dispatch, type Kernel, row } from '../gpu/dispatch';
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

/** Weights, moments and gradients are seen four at a time where all runs allow it. */
export const unit = (elements: number) => (elements % 4 === 0 ? ('vec4f' as const) : ('f32' as const));
const widthOf = (elements: number): number => (unit(elements) === 'vec4f' ? 4 : 1);

/** A kernel's lines at every `i`, an index of units. What they leave in the padding after a tensor is never read. */
export const overElements = (elements: number, lines: string) => ({
  workgroup: [256, 1, 1] as const,
  grid: row(Math.ceil(elements / widthOf(elements) / 256)),
  body: `
  let i = index * 256u + lane;
  if (i >= ${elements / widthOf(elements)}u) { return; }
  ${lines}`,
});

/** The same around an optimizer's own lines, which also see the clipped gradient `g_i` and whether `decays`. */
export const overWeights = (elements: number, clip: number, lines: string) =>
  overElements(
    elements,
    `let decays = table[i / ${BLOCK / widthOf(elements)}u] >= 128;
  let g_i = g[i]${clip > 0 ? ` * min(1.0, ${clip} / (norm[0] + 1e-6))` : ''};
  ${lines}`,
  );
