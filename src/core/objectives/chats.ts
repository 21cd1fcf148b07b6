import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import type { Network } from '../models/network';
import type { PartSource, TokenSource } from '../shards/manifest';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { uniform } from './baseline';
import { chatRows, chatsIn, chatsInRows } from './chatRows';
import { defineObjective } from './objective';
import { spread, textOf } from './pairRows';
import type { Answered } from './shown';

/**
 * Supervised fine-tuning on chats: predicts the assistant's answers from all earlier tokens. ids [rows, context];
 * targets [rows context], masked outside of answers; places and ends [rows context], which separate the conversations
 * of a row.
 */
export const chats = defineObjective({
  label: 'Instruction tuning (SFT)',
  source: 'Ouyang et al. 2022, "InstructGPT", arXiv:2203.02155: supervised fine-tuning',
  kinds: ['decoder'],
  of: 'chats',
  fields: {},
  roles: {},
  gives: ['loss'],
  headline: 'perplexity',
  // A conversation of any length fits a row or a part of one.
  reach: () => 1,
  inputs(rows, context) {
    const each = { shape: [rows * context], dtype: 'int32' } as const;
    return { ids: { shape: [rows, context], dtype: 'int32' }, targets: each, places: each, ends: each };
  },
  batches: (source, context, { endOfText }) => chatRows(source, context, endOfText),
  inRows: (source, context) => chatsInRows(source, context),
  evaluatedAs: () => 'nextTokens',
  baselines: (facts) => [uniform(facts)],
  shows: { hint: 'the same held-out questions' },
  async load() {
    const { softmaxCrossEntropy } = await import('../ops/softmaxCrossEntropy');
    return {
      loss(network, { ids, targets, places, ends }, weight, context) {
        const documents = { places: places as Tensor1D, ends: ends as Tensor1D };
        const output = network.forward(ids as Tensor2D, { dropout: 0, ...context, documents });
        return softmaxCrossEntropy(output, targets as Tensor1D, weight as Tensor1D);
      },
      async show(network, { tokenizer, prompt, source, pause }) {
        if (source) return answered(network, tokenizer, source, pause);
        const { sampleText } = await import('../sample/sampleText');
        return sampleText(network, tokenizer, prompt, pause);
      },
    };
  },
});

/** The model's answers to the first questions of some conversations, next to the original ones. */
async function answered(
  network: Network,
  tokenizer: Tokenizer,
  source: TokenSource,
  pause?: () => Promise<void>,
): Promise<readonly Answered[]> {
  const { greedy } = await import('../sample/greedy');
  const { context } = network.choice.config;
  const all = (await chatsIn(source, context)).rows.flat();
  const some: { question: number[]; answer: number[] }[] = [];
  for (const place of spread(Math.min(SHOWN, all.length), all.length)) {
    const { from, tokens } = all[place]!;
    const ids = [...(await source.read(from, tokens + 1))];
    const lossMask = await (source as PartSource).lossMask!(from, tokens + 1);
    const begins = lossMask.indexOf(1);
    const ends = lossMask.indexOf(0, begins);
    some.push({ question: ids.slice(0, begins), answer: ids.slice(begins, ends < 0 ? ids.length : ends) });
  }
  const end = some[0]!.answer.at(-1)!;
  const max = Math.max(...some.map(({ answer }) => answer.length)) + SPARE;
  const questions = some.map(({ question }) => question);
  const given = await greedy(network, questions, { end, max }, undefined, pause);
  return some.map(({ question, answer }, i) => ({
    kind: 'answered',
    input: textOf(tokenizer, question).trim(),
    wanted: textOf(tokenizer, answer).trim(),
    given: textOf(tokenizer, given[i]!).trim(),
  }));
}
const SHOWN = 4;
/** Extra tokens that an answer may have over the longest target. */
const SPARE = 8;
