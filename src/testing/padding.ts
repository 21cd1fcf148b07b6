/** Tests that lengths hide padding, whatever its ids, and not by causality alone. */
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { modelSpec } from '../core/models';
import type { Network } from '../core/models/network';
import type { ForwardContext } from '../core/models/spec';
import { classify } from '../core/ops/classify';
import { decoder } from '../core/sample/decoder';
import { logits } from '../core/sample/logits';
import { expectClose } from './checkOp';
import { type Made, passes, type Rows } from './passes';

const LENGTHS = [5, 1, 8];
const [T, VOCABULARY] = [8, 33];
const SOURCE_LENGTHS = [2, 6, 4];
const S = 6;
/** Padding after a text: one id, the last id, an id that the text has, varying ids. */
const PADDING: readonly ((at: number) => number)[] = [
  () => 0,
  () => VOCABULARY - 1,
  () => 3,
  (at) => (at * 7 + 11) % VOCABULARY,
];
const rowsOf = (lengths: readonly number[], width: number, padding: (at: number) => number): number[][] =>
  lengths.map((length, row) =>
    Array.from({ length: width }, (_, at) => (at < length ? (row * 5 + at * at + 3) % VOCABULARY : padding(row + at))),
  );
const withPadding = (padding: (at: number) => number, hasSource: boolean): Rows => ({
  ids: rowsOf(LENGTHS, T, padding),
  targets: LENGTHS.map((length, row) =>
    Array.from({ length: T }, (_, at) => (at < length ? (row * 3 + at * 5 + 1) % VOCABULARY : -1)),
  ),
  lengths: LENGTHS,
  ...(hasSource && { source: { ids: rowsOf(SOURCE_LENGTHS, S, padding), lengths: SOURCE_LENGTHS } }),
});

/** Hidden states of tokens, without those of padding. */
function ofTokens({ hidden, ...others }: Made): Made {
  const width = hidden!.length / LENGTHS.length / T;
  const part = (length: number, row: number) => [...hidden!.subarray(row * T * width, (row * T + length) * width)];
  return { ...others, hidden: Float32Array.from(LENGTHS.flatMap(part)) };
}

/** Hidden states of tokens, the loss and all gradients have the same bits, whatever the padding. */
export async function expectUnseen(
  net: Network,
  settings: Pick<ForwardContext, 'dropout' | 'attentionDropout' | 'recompute'>,
): Promise<void> {
  const hasSource = modelSpec(net.choice.id).kind === 'encoder-decoder';
  const rows = PADDING.map((padding) => withPadding(padding, hasSource));
  const compiledPasses = passes(net, rows[0]!, settings);
  for (const mode of ['eager', 'captured'] as const) {
    const want = ofTokens(await compiledPasses[mode](rows[0]!));
    for (const [name, values] of Object.entries(want)) {
      expect(Math.max(...values.map(Math.abs)), `${name} says something`).toBeGreaterThan(0);
    }
    for (const other of rows.slice(1)) expect(ofTokens(await compiledPasses[mode](other)), mode).toEqual(want);
  }
  compiledPasses.dispose();
}

/** Checks that the test above can fail: a model that ignores lengths sees the padding. */
export async function expectSeenWithoutLengths(net: Network): Promise<void> {
  const rows = PADDING.map((padding): Rows => {
    const { ids, targets } = withPadding(padding, false);
    return { ids, targets };
  });
  const compiledPasses = passes(net, rows[0]!, { dropout: 0 });
  for (const mode of ['eager', 'captured'] as const) {
    const [one, other] = [
      ofTokens(await compiledPasses[mode](rows[0]!)),
      ofTokens(await compiledPasses[mode](rows[1]!)),
    ];
    expect(other['hidden']).not.toEqual(one['hidden']);
  }
  compiledPasses.dispose();
}

/** Padding for the scores of the next token makes no difference, also in a bidirectional model. */
export async function expectScoresOfTextAlone(net: Network): Promise<void> {
  const decoding = decoder(net);
  for (const ids of [[7, 3, 20, 9, 1], [4], Array.from({ length: net.choice.config.context }, (_, at) => at)]) {
    const alone = tf.tidy(() => {
      const output = net.forward(tf.tensor2d([ids], undefined, 'int32'));
      return classify({ ...output, hidden: tf.slice(output.hidden, [ids.length - 1, 0], [1, -1]) });
    });
    const want = await alone.data<'float32'>();
    expectClose(await logits(net, ids, [ids.length]), want, 1e-5, `scores after ${ids.length} tokens`);
    expectClose(await decoding.next(ids), want, 1e-5, `scores to write on after ${ids.length} tokens`);
    alone.dispose();
  }
  decoding.dispose();
}
