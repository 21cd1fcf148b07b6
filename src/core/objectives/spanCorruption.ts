import { real } from '../base/field';
import { answerStart } from '../tokenizer/prompt';
import { uniform, unigram } from './baseline';
import { drawing, MASK_RATE } from './masks';
import { answerLoss } from './answerLoss';
import { defineObjective } from './objective';
import { corrupted, spanLengths, spanReach, spanSizes } from './spans';
import { windows } from './windows';

/** Number of sentinels in T5. */
const SENTINELS = 100;

/**
 * source [rows, S], a text with spans replaced by sentinels; ids [rows, T], each sentinel with its span; targets [rows T],
 * the token that follows each. All rows are full, because the context fixes the number of spans and their total length.
 */
export const spanCorruption = defineObjective({
  label: 'Span corruption',
  hint: 'restores cut-out spans',
  source: 'Raffel et al. 2019, "T5", arXiv:1910.10683, section 3.1.4; lengths and masks as in its code',
  kinds: ['encoder-decoder'],
  fields: {
    maskRate: MASK_RATE,
    spanLength: real({
      label: 'Span length',
      unit: 'tokens',
      hint: 'mean',
      help: 'Mean length of a masked span, in tokens',
      row: 'main',
      min: 1,
      max: 100,
      step: 1,
      initial: 3,
      absent: 3,
    }),
  },
  roles: { padding: 1, sentinel: SENTINELS },
  gives: ['loss', 'text'],
  headline: 'perplexity',
  reach: (context, settings) => spanReach(context, settings),
  // A higher mask rate fits more text into a row.
  epoch: ({ tokens }, context, settings) => tokens / spanReach(context, settings),
  problems(settings, context) {
    const { maskRate } = settings;
    const { spans } = spanSizes(spanReach(context, settings), settings);
    if (maskRate > 0.5) {
      const message = `The mask rate is ${maskRate}; it can be at most 0.5.`;
      return [{ field: 'maskRate', message }];
    }
    if (spans <= SENTINELS) return [];
    const message = `A row would have ${spans} spans; the maximum is ${SENTINELS}. Use longer spans, a lower mask rate or a shorter context.`;
    return [{ field: 'spanLength', message }];
  },
  inputs(rows, context, settings) {
    const { inputs, targets } = spanSizes(spanReach(context, settings), settings);
    return {
      source: { shape: [rows, inputs], dtype: 'int32' },
      ids: { shape: [rows, targets], dtype: 'int32' },
      targets: { shape: [rows * targets], dtype: 'int32' },
    };
  },
  batches(part, context, tokenizer, settings) {
    const [start, end] = [answerStart(tokenizer), tokenizer.endOfText];
    const sentinel = (n: number): number => tokenizer.idOf('sentinel', n);
    const batches = windows(part, context, {
      reach: (width) => spanReach(width, settings),
      of(texts, { context: width, seed, step, first }) {
        const tokens = spanReach(width, settings);
        const sizes = spanSizes(tokens, settings);
        const source = new Int32Array(texts.length * sizes.inputs);
        const ids = new Int32Array(texts.length * sizes.targets);
        const targets = new Int32Array(texts.length * sizes.targets);
        for (const [row, text] of texts.entries()) {
          const lengths = spanLengths(tokens, settings, drawing('spans', { seed, step, row: first + row }));
          const made = corrupted(text, lengths, sentinel, end);
          source.set(made.inputs, row * sizes.inputs);
          ids.set([start, ...made.targets.slice(0, -1)], row * sizes.targets);
          targets.set(made.targets, row * sizes.targets);
        }
        return { arrays: { source, ids, targets }, weight: targets.length };
      },
    });
    return Promise.resolve(batches);
  },
  evaluatedAs: () => 'answers',
  baselines: (facts) => [uniform(facts), ...unigram(facts)],
  shows: { hint: 'same held-out text, same spans' },
  async load() {
    const { showSpans } = await import('./showSpans');
    return {
      loss: await answerLoss(),
      show: showSpans,
    };
  },
});
