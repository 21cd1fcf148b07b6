import { stream } from '../base/rng';
import type { Network } from '../models/network';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { answerLoss } from './answerLoss';
import { type Batch, drawnOf, rowsToMeasure, predictedIn } from './batch';
import { answered, SPARE } from './answers';
import { uniform, unigram } from './baseline';
import { defineObjective, type ToAnswer } from './objective';
import { marksOf, type Pair, pairRow, type PairRow, pairsIn, pairsInRows, spread } from './pairRows';

/**
 * Predicts the target of each pair, given its input. ids [rows, context]; targets [rows context], negative if masked.
 * An encoder-decoder also has the encoder's input: source [rows, context] and sourceLengths [rows].
 */
export const pairs = defineObjective({
  label: 'Sequence to sequence',
  source: 'Sutskever et al. 2014, "Sequence to Sequence Learning with Neural Networks"',
  kinds: ['encoder-decoder', 'decoder'],
  of: 'pairs',
  fields: {},
  roles: {},
  gives: ['loss', 'answers'],
  headline: 'perplexity',
  // A pair of any length fits a row.
  reach: () => 1,
  inputs: (rows, context, _, { kind }) => ({
    ...(kind === 'encoder-decoder' && {
      source: { shape: [rows, context], dtype: 'int32' },
      sourceLengths: { shape: [rows], dtype: 'int32' },
    }),
    ids: { shape: [rows, context], dtype: 'int32' },
    targets: { shape: [rows * context], dtype: 'int32' },
  }),
  async batches(source, context, tokenizer, _, { kind }) {
    const { count, read } = await pairsIn(source);
    const marks = marksOf(tokenizer);
    const batchOf = async (places: readonly number[]): Promise<Batch> => {
      const rows: PairRow[] = [];
      for (const place of places) rows.push(pairRow(await read(place), context, kind, marks));
      return pairBatch(rows, context);
    };
    return {
      training({ seed, step, first, rows }) {
        const at = stream(seed, 'batch', step);
        return batchOf(Array.from({ length: rows }, (_, row) => drawnOf(count, at(first + row))));
      },
      async *evaluation(max) {
        const all = spread(rowsToMeasure(count, context, max), count);
        for (let i = 0; i < all.length; i += max.rows) {
          const some = all.slice(i, i + max.rows);
          yield { ...(await batchOf(some)), rows: some.length, context };
        }
      },
    };
  },
  epoch: ({ documents }) => documents,
  inRows: (source, context, tokenizer, _, { kind }) => pairsInRows(source, context, kind, tokenizer),
  evaluatedAs: (kind) => (kind === 'decoder' ? 'nextTokens' : 'answers'),
  baselines: ({ vocabulary, data }) => [
    uniform({ vocabulary, data }),
    ...unigram({ vocabulary, data: data?.pairs ?? null }),
  ],
  measuredBaselines: ({ pairs }) => (pairs ? [{ id: 'copy', words: 'copying the input', values: pairs.copied }] : []),
  shows: { hint: 'the same held-out inputs' },
  async load() {
    return {
      loss: await answerLoss(),
      answers,
      async show(network, { tokenizer, prompt, source, pause }) {
        if (!source) return (await answered(network, tokenizer, [typed(tokenizer, prompt)], pause))[0]!;
        const { count, read } = await pairsIn(source);
        const some: Pair[] = [];
        for (const place of spread(Math.min(SHOWN, count), count)) some.push(await read(place));
        return answered(network, tokenizer, some, pause);
      },
    };
  },
});

const SHOWN = 4;
/** Number of answers per evaluation, and of inputs per batch. */
const ANSWERS = { min: 8, max: 1000, rows: 64 };
function pairBatch(rows: readonly PairRow[], context: number): Batch {
  const [ids, targets] = [new Int32Array(rows.length * context), new Int32Array(rows.length * context).fill(-1)];
  const source = new Int32Array(rows.length * context);
  for (const [row, each] of rows.entries()) {
    ids.set(each.ids, row * context);
    targets.set(each.targets, row * context);
    source.set(each.source ?? [], row * context);
  }
  return {
    arrays: {
      ...(rows[0]?.source && { source, sourceLengths: Int32Array.from(rows, (row) => row.source!.length) }),
      ids,
      targets,
    },
    weight: predictedIn(targets),
  };
}

const typed = (tokenizer: Tokenizer, input: string): Pair => ({
  input: tokenizer.encode(input),
  between: tokenizer.encode('\n'),
  target: new Uint32Array(),
});

/** Answers pairs spread over the part, as many as the token budget allows. */
async function answers(network: Network, { tokenizer, source, tokens, pause }: ToAnswer) {
  const { count, lengths, read } = await pairsIn(source);
  const longest = lengths.reduce((max, [, , target]) => Math.max(max, target), 0);
  const cost = (longest + SPARE) * Math.min(network.choice.config.context, longest + SPARE);
  const wanted = Math.max(ANSWERS.min, Math.min(ANSWERS.max, Math.floor((ROUNDS * tokens) / cost)));
  const places = spread(Math.min(count, wanted), count);
  const all: { output: string; wanted: string }[] = [];
  for (let i = 0; i < places.length; i += ANSWERS.rows) {
    const some: Pair[] = [];
    for (const place of places.slice(i, i + ANSWERS.rows)) some.push(await read(place));
    for (const { given, wanted = '' } of await answered(network, tokenizer, some, pause))
      all.push({ output: given, wanted });
  }
  return all;
}
/** Factor of the token budget, because an answer costs more than a loss and is more informative. */
const ROUNDS = 4;
