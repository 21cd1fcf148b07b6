import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { dispatch, inFours, kernels, overElements, type Slice } from '../gpu/dispatch';
import { emptyTensor } from '../gpu/tfjs';
import type { MuonSettings, MuonSlot, MuonUpdate } from './muon';
import { muonScale } from './muonScale';
import { elementsOf, OUTPUT_SCALE, newtonSchulzOnGpu } from './newtonSchulz.wgsl';
import { strideOf } from './product.wgsl';

/** Matrix in a weight: a range of its columns. */
interface Part {
  slot: MuonSlot;
  rows: number;
  /** Columns of the whole weight. */
  weightColumns: number;
  first: number;
  columns: number;
}

/** Processes matrices of one shape together: the time of a step depends on shapes, not on the number of layers. */
export const muonOnGpu: MuonUpdate = (slots, rates, norm, settings) => {
  for (const parts of stacks(slots.flatMap(partsOf))) {
    const { rows, columns } = parts[0]!;
    const stack = { rows, columns, count: parts.length };
    tf.tidy(() => {
      const u = emptyTensor([elementsOf(stack)], 'float32');
      parts.forEach(({ slot, ...part }, i) => {
        const operands = { m: slot.m, g: slot.gradient, norm, u: placeIn(u, part, i) };
        dispatch(updateMomentum(part, settings), operands);
      });
      const z = newtonSchulzOnGpu(u, stack);
      parts.forEach(({ slot, ...part }, i) => {
        const decay = slot.decay ? settings.weightDecay : 0;
        dispatch(applyStep(part, decay), { w: slot.parameter, z: placeIn(z, part, i), rates });
      });
    });
  }
};

function partsOf(slot: MuonSlot): Part[] {
  const [rows, weightColumns] = slot.parameter.shape as [number, number];
  return slot.widths.map((columns, i) => {
    return { slot, rows, weightColumns, first: slot.widths.slice(0, i).reduce((a, b) => a + b, 0), columns };
  });
}

/** Groups matrices of one shape in order, with at most MAX_ELEMENTS numbers per group. */
function stacks(parts: readonly Part[]): Part[][] {
  const shapes = [...new Set(parts.map(({ rows, columns }) => `${rows} ${columns}`))];
  return shapes.flatMap((shape) => {
    const sameShape = parts.filter(({ rows, columns }) => `${rows} ${columns}` === shape);
    const max = Math.max(1, Math.floor(MAX_ELEMENTS / strideOf(sameShape[0]!.rows, sameShape[0]!.columns)));
    return Array.from({ length: Math.ceil(sameShape.length / max) }, (_, i) => sameShape.slice(i * max, (i + 1) * max));
  });
}
/** 16 MiB. A step needs four times that, in memory freed by activations. */
const MAX_ELEMENTS = 2 ** 22;

const placeIn = (tensor: Tensor, { rows, columns }: Pick<Part, 'rows' | 'columns'>, i: number): Slice => {
  const length = strideOf(rows, columns);
  return { tensor, from: i * length, length };
};

type ColumnRange = Omit<Part, 'slot'>;
/** Declares an element's indices in the weight, `at`, and in the packed matrices, `i`. */
function overPart({ rows, weightColumns, first, columns }: ColumnRange, lines: string) {
  const { type, width } = inFours([weightColumns, first, columns].every((n) => n % 4 === 0) ? 4 : 1);
  const scaled = (n: number): string => `${n / width}u`;
  const at = `let at = i / ${scaled(columns)} * ${scaled(weightColumns)} + ${scaled(first)} + i % ${scaled(columns)};`;
  return { type, ...overElements((rows * columns) / width, `${at}\n  ${lines}`) };
}

const updateMomentum = kernels((part: ColumnRange, { momentum, clip }: MuonSettings) => {
  const { type, ...kernel } = overPart(
    part,
    `let g_i = ${1 - momentum} * g[at]${clip > 0 ? ` * min(1.0, ${clip} / (norm[0] + 1e-6))` : ''};
  let m_i = ${momentum} * m[at] + g_i;
  m[at] = m_i;
  u[i] = ${momentum} * m_i + g_i;`,
  );
  return {
    name: 'muon, momentum',
    bindings: {
      m: ['update', type],
      g: ['read', type],
      ...(clip > 0 && { norm: ['read', 'f32'] as const }),
      u: ['write', type],
    } as const,
    ...kernel,
  };
});

const applyStep = kernels((part: ColumnRange, decay: number) => {
  const { type, ...kernel } = overPart(
    part,
    `w[at] -= rates[0] * (${muonScale(part.rows, part.columns) * OUTPUT_SCALE} * z[i] + ${decay} * w[at]);`,
  );
  return {
    name: 'muon',
    bindings: { w: ['update', type], z: ['read', type], rates: ['read', 'f32'] } as const,
    ...kernel,
  };
});
