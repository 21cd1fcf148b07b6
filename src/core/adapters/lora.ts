import { onOff, real, whole } from '../base/field';
import { defineAdapter } from './adapter';

/**
 * Low-rank adaptation: adds the product of two narrow matrices, A [I, rank] and B [rank, O], to W [I, O].
 *
 *   y = x W + scale (drop(x) A) B      scale = alpha / rank, rank-stabilized alpha / sqrt(rank)
 *
 * Dropout applies to x during training only, and only before A. B starts at 0, so the model's output is unchanged at first. A
 * starts with the variance of PEFT's default, which draws uniformly up to 1 / sqrt(I). Names are PEFT's (peft/tuners/lora);
 * matrices are stored as [in, out], like all of ours.
 */
export const lora = defineAdapter({
  label: 'LoRA',
  hint: 'low-rank adapters: little memory, small files',
  source: 'Hu et al. 2021, arXiv:2106.09685',
  fields: {
    rank: whole({ label: 'Rank', hint: 'size of the adapter matrices', min: 1, max: 1024, initial: 8 }),
    alpha: real({ label: 'Alpha', hint: 'scales the adapter by alpha / rank', min: 1e-3, max: 1e4, initial: 16 }),
    dropout: real({
      label: 'LoRA dropout',
      hint: 'share of adapter inputs dropped in training',
      min: 0,
      max: 0.9,
      initial: 0,
      absent: 0,
    }),
    // Kalajdzievski 2023, arXiv:2312.03732: with alpha / rank, a higher rank trains no better than a low one.
    rankStabilised: onOff({
      label: 'Rank-stabilized',
      hint: 'scales by alpha / √rank, for high ranks',
      initial: false,
      absent: false,
    }),
  },
  params({ shape: [I, O] }, { rank }) {
    const trained = { group: 'Adapters', decay: true };
    return {
      [DOWN]: { ...trained, shape: [I!, rank], init: { std: 1 / Math.sqrt(3 * I!) } },
      [UP]: { ...trained, shape: [rank, O!], init: 'zeros' },
    };
  },
  columns: ({ shape: [I] }, { rank, dropout }) => rank + (dropout > 0 ? I! : 0),
  // Adam moves every column of B by the same amount, and the columns of x A add up.
  gain: (settings) => scaleOf(settings) * settings.rank,
  merged({ shape, data }, tensors, settings) {
    const [{ rank }, scale] = [settings, scaleOf(settings)];
    const [I, O] = shape as [number, number];
    const [down, up] = [tensors.get(DOWN)!.data, tensors.get(UP)!.data];
    const sums = new Float64Array(O);
    const mergedData = new Float32Array(data.length);
    for (let i = 0; i < I; i++) {
      sums.fill(0);
      for (let r = 0; r < rank; r++) {
        const factor = down[i * rank + r]!;
        for (let o = 0; o < O; o++) sums[o]! += factor * up[r * O + o]!;
      }
      for (let o = 0; o < O; o++) mergedData[i * O + o] = data[i * O + o]! + scale * sums[o]!;
    }
    return { shape, data: mergedData };
  },
  async load() {
    const [{ lowRank }, { dropoutWithResidual }, { activated }] = await Promise.all([
      import('../ops/lowRank'),
      import('../ops/dropout'),
      import('../nn/layers'),
    ]);
    return {
      adapted(weight, tensors, settings, { layer, counter }) {
        const pair = { down: tensors[DOWN] as typeof weight, up: tensors[UP] as typeof weight };
        const { dropout: probability } = settings;
        const scale = scaleOf(settings);
        return {
          linear(x, { after, ...extra }) {
            if (probability === 0 || !counter) return lowRank({ x, weight, ...pair, ...extra }, { scale, after });
            const input = after ? activated(x, after) : x;
            const dropping = { probability, purpose: `${layer}.lora_dropout` };
            const [added, residual] = dropoutWithResidual(input, counter, dropping) as [typeof x, typeof x];
            return lowRank({ x: residual, weight, ...pair, ...extra, added }, { scale });
          },
        };
      },
    };
  },
});

/** Factor of the low-rank product that is added to the weight. */
const scaleOf = ({ alpha, rank, rankStabilised }: { alpha: number; rank: number; rankStabilised: boolean }): number =>
  alpha / (rankStabilised ? Math.sqrt(rank) : rank);

const DOWN = 'lora_A.weight';
const UP = 'lora_B.weight';
