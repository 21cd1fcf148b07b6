import { real, whole } from '../base/field';
import { defineAdapter } from './adapter';

/**
 * Low-rank adaptation: beside W [I, O] two narrow matrices, A [I, rank] and B [rank, O], whose product is added to it.
 *
 *   y = x W + (alpha / rank) (x A) B
 *
 * B begins at 0, and so the model as it was. A begins with the variance of PEFT's default, which draws uniformly up to
 * 1 / sqrt(I). Names are PEFT's (peft/tuners/lora); matrices lie [in, out], as all of ours do.
 */
export const lora = defineAdapter({
  label: 'LoRA',
  hint: 'two narrow matrices beside each; little memory, small files',
  source: 'Hu et al. 2021, arXiv:2106.09685',
  fields: {
    rank: whole({ label: 'Rank', hint: 'columns of the narrow matrices', min: 1, max: 1024, initial: 8 }),
    alpha: real({ label: 'Alpha', hint: 'what is learnt counts alpha / rank times', min: 1e-3, max: 1e4, initial: 16 }),
  },
  params({ shape: [I, O] }, { rank }) {
    const learnt = { group: 'Adapters', decay: true };
    return {
      [DOWN]: { ...learnt, shape: [I!, rank], init: { std: 1 / Math.sqrt(3 * I!) } },
      [UP]: { ...learnt, shape: [rank, O!], init: 'zeros' },
    };
  },
  columns: (_, { rank }) => rank,
  merged({ shape, data }, own, { rank, alpha }) {
    const [I, O] = shape as [number, number];
    const [down, up] = [own.get(DOWN)!.data, own.get(UP)!.data];
    const sums = new Float64Array(O);
    const all = new Float32Array(data.length);
    for (let i = 0; i < I; i++) {
      sums.fill(0);
      for (let r = 0; r < rank; r++) {
        const factor = down[i * rank + r]!;
        for (let o = 0; o < O; o++) sums[o]! += factor * up[r * O + o]!;
      }
      for (let o = 0; o < O; o++) all[i * O + o] = data[i * O + o]! + (alpha / rank) * sums[o]!;
    }
    return { shape, data: all };
  },
  async load() {
    const { lowRank } = await import('../ops/lowRank');
    return {
      adapted: (weight, own, { rank, alpha }) => ({
        linear(x, extra) {
          const [down, up] = [own[DOWN] as typeof weight, own[UP] as typeof weight];
          return lowRank({ x, weight, down, up, ...extra }, alpha / rank);
        },
      }),
    };
  },
});

const DOWN = 'lora_A.weight';
const UP = 'lora_B.weight';
