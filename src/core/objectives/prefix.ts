import { uniform, unigram } from './baseline';
import { answerStart } from '../tokenizer/prompt';
import { drawing } from './masks';
import { answerLoss } from './answerLoss';
import { defineObjective } from './objective';
import { windows } from './windows';

/** Tokens per row: a prefix of up to `context`, and its continuation of `context`. */
const reach = (context: number): number => 2 * context;

/**
 * source [rows, context], the prefix and padding; sourceLengths [rows], lengths of prefixes. ids [rows, context], the
 * decoder's input. targets [rows context]. Draws each row's prefix length uniformly, to train short prefixes too.
 */
export const prefix = defineObjective({
  label: 'Prefix LM',
  hint: 'continues a beginning',
  source: 'Raffel et al. 2019, "T5", arXiv:1910.10683, section 3.3.1: the prefix objective',
  kinds: ['encoder-decoder'],
  fields: {},
  roles: { padding: 1 },
  gives: ['loss', 'text'],
  headline: 'perplexity',
  reach,
  inputs: (rows, context) => ({
    source: { shape: [rows, context], dtype: 'int32' },
    sourceLengths: { shape: [rows], dtype: 'int32' },
    ids: { shape: [rows, context], dtype: 'int32' },
    targets: { shape: [rows * context], dtype: 'int32' },
  }),
  batches(part, context, tokenizer) {
    const start = answerStart(tokenizer);
    const batches = windows(part, context, {
      reach,
      of(texts, { context: width, seed, step, first }) {
        const source = new Int32Array(texts.length * width).fill(start);
        const sourceLengths = new Int32Array(texts.length);
        const ids = new Int32Array(texts.length * width);
        const targets = new Int32Array(texts.length * width);
        for (const [row, text] of texts.entries()) {
          const length = 1 + Math.floor(drawing('prefix', { seed, step, row: first + row })() * width);
          source.set(text.subarray(width - length, width), row * width);
          sourceLengths[row] = length;
          ids[row * width] = start;
          ids.set(text.subarray(width, 2 * width - 1), row * width + 1);
          targets.set(text.subarray(width), row * width);
        }
        return { arrays: { source, sourceLengths, ids, targets }, weight: targets.length };
      },
    });
    return Promise.resolve(batches);
  },
  evaluatedAs: () => 'answers',
  baselines: (facts) => [uniform(facts), ...unigram(facts)],
  shows: { hint: 'same prompt, the likeliest', prompt: 'continued at every evaluation, by the likeliest tokens' },
  async load() {
    const { showAnswer } = await import('./showSpans');
    return {
      loss: await answerLoss(),
      /** Encodes the prompt without an end token, because the model continues it. */
      show: (network, asked) => showAnswer(network, asked, [...asked.tokenizer.encode(asked.prompt)]),
    };
  },
});
