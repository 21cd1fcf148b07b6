import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import { choice, whole } from '../base/field';
import { nGramBaselines, uniform } from './baseline';
import { predictedIn } from './batch';
import { documentRows } from './documentRows';
import { defineObjective } from './objective';
import { packedInRows } from './packing';
import { stridesOf, stridesInRows } from './strides';
import { windows } from './windows';

/** Ways to make rows from text. */
const PACKINGS = {
  stream: { label: 'One stream', hint: 'windows start anywhere' },
  documents: { label: 'Whole documents', hint: 'no attention between documents' },
} as const;

/**
 * ids [rows, context] and targets [rows context], the token that follows each; negative targets are masked out of the loss.
 * For whole documents also places and ends [rows context], which limit attention.
 */
export const causal = defineObjective({
  label: 'Next-token prediction',
  source: 'Bengio et al. 2003, "A Neural Probabilistic Language Model", JMLR 3',
  kinds: ['decoder'],
  fields: {
    packing: choice({
      label: 'Packing',
      name: 'Packing',
      help: 'Packing of rows: windows of one text stream, or several documents per row, without attention between them',
      row: 'seldom',
      of: PACKINGS,
      initial: 'stream',
      absent: 'stream',
    }),
    stride: whole({
      label: 'Window stride',
      name: 'Window stride',
      unit: 'tokens',
      hint: '0: random starts',
      help: 'With stream, windows start at multiples of this many tokens; 0 for any place, the context for no overlap',
      row: 'seldom',
      min: 0,
      max: 1e6,
      initial: 0,
      absent: 0,
    }),
  },
  roles: {},
  gives: ['loss', 'text', 'bytes'],
  headline: 'perplexity',
  // A document of any length fits a row or a part of one.
  reach: (context, { packing }) => (packing === 'documents' ? 1 : reach(context)),
  inputs(rows, context, { packing }) {
    const each = { shape: [rows * context], dtype: 'int32' } as const;
    const read = { ids: { shape: [rows, context], dtype: 'int32' }, targets: each } as const;
    return packing === 'documents' ? { ...read, places: each, ends: each } : read;
  },
  batches(source, context, tokenizer, { packing, stride }) {
    if (packing === 'documents') return documentRows(source, context, tokenizer);
    return Promise.resolve(
      windows(source, context, {
        reach,
        shared: 1,
        stride,
        of(texts, { context: width }) {
          const ids = new Int32Array(texts.length * width);
          const targets = new Int32Array(texts.length * width);
          for (const [row, text] of texts.entries()) {
            ids.set(text.subarray(0, width), row * width);
            targets.set(text.subarray(1), row * width);
          }
          return causalBatch(ids, targets);
        },
      }),
    );
  },
  epoch: ({ tokens }, context, { packing, stride }) =>
    packing === 'stream' && stride > 0 ? Math.max(1, stridesOf(tokens, context, stride).rows) : undefined,
  async inRows(source, context, _, { packing, stride }) {
    if (packing === 'documents') return packedInRows(source, context);
    return stride > 0 ? stridesInRows(source, context, stride) : undefined;
  },
  inPytorch: ({ packing, stride }) => packing === 'stream' && stride === 0,
  evaluatedAs: () => 'nextTokens',
  baselines: (facts) => [uniform(facts), ...nGramBaselines(facts)],
  shows: { hint: 'same prompt, same seed', prompt: 'continued at every evaluation, with the same seed' },
  async load() {
    const { softmaxCrossEntropy } = await import('../ops/softmaxCrossEntropy');
    const { sampleText } = await import('../sample/sampleText');
    return {
      loss(network, { ids, targets, places, ends }, weight, context) {
        const documents = places && { places: places as Tensor1D, ends: ends as Tensor1D };
        const within = documents ? { dropout: 0, ...context, documents } : context;
        const output = network.forward(ids as Tensor2D, within);
        return softmaxCrossEntropy(output, targets as Tensor1D, weight as Tensor1D);
      },
      show: (network, { tokenizer, prompt, pause }) => sampleText(network, tokenizer, prompt, pause),
    };
  },
});

/** Tokens per row: a window, and the token after it. */
function reach(context: number): number {
  return context + 1;
}

/** Batch of tokens and of the token that follows each. */
export const causalBatch = (ids: Int32Array, targets: Int32Array) => ({
  arrays: { ids, targets },
  weight: predictedIn(targets),
});
