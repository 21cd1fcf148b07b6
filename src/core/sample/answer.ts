/** Answers of an encoder-decoder to a text. */
import * as tf from '@tensorflow/tfjs';
import { type Job, type Pause, yieldToEventLoop } from '../base/job';
import type { Network } from '../models/network';
import { checkOverflow } from '../models/overflow';
import type { Memory } from '../models/spec';
import { classify } from '../ops/classify';
import { answerStart, sourceIds } from '../tokenizer/prompt';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { type BeamSettings, beamSearch } from './beams';
import { generate, type GenerationSettings } from './generate';
import { logits, paddedLength } from './logits';
import { forEachOf, memory } from './memory';
import { distribution, type SampledToken, tokenOf } from './sampleToken';

/** With more than one beam, decoding is deterministic and ignores temperature, top-k, top-p and seed. */
export interface AnswerSettings extends GenerationSettings, BeamSettings {}

/**
 * Generates an answer, token by token, up to its end token or the maximum length. With beams, yields all of it at the end.
 * Stops early, without an error, when the job is aborted.
 * @throws HomegrownError `bad-settings` if the text is empty, or longer than the model's context
 */
export async function* answer(
  network: Network,
  tokenizer: Tokenizer,
  text: string,
  settings: AnswerSettings,
  job: Pick<Job, 'signal'>,
  pause: Pause = yieldToEventLoop,
): AsyncGenerator<SampledToken> {
  const source = sourceIds(tokenizer, text);
  const start = answerStart(tokenizer);
  if (settings.beams > 1) {
    yield* byBeams(network, source, start, tokenizer.endOfText, settings, job, pause);
    return;
  }
  for await (const token of generate(network, [start], settings, job, pause, source)) {
    if (token.id === tokenizer.endOfText) return;
    yield token;
  }
}

async function* byBeams(
  network: Network,
  source: readonly number[],
  start: number,
  end: number,
  { beams, length: max, lengthPenalty }: BeamSettings,
  job: Pick<Job, 'signal'>,
  pause: Pause,
): AsyncGenerator<SampledToken> {
  const read = memory(network, source);
  try {
    const after = (answers: readonly (readonly number[])[]): Promise<Float32Array> =>
      scoresAfter(
        network,
        read.memory,
        answers.map((ids) => [start, ...ids]),
      );
    const length = Math.min(max, network.choice.config.context);
    const [best] = await beamSearch(after, end, { beams, lengthPenalty, length }, job, pause);
    if (!best || best.ids.length === 0) return;
    const { vocabulary } = network.choice;
    const scores = await logits(network, [start, ...best.ids.slice(0, -1)], undefined, read);
    for (const [i, id] of best.ids.entries())
      yield tokenOf(id, distribution(scores.subarray(i * vocabulary, (i + 1) * vocabulary)));
  } finally {
    read.dispose();
  }
}

/** Scores of the next token after each beginning, [beginnings, vocabulary]. All beginnings have the same length. */
async function scoresAfter(
  network: Network,
  memory: Memory,
  beginnings: readonly (readonly number[])[],
): Promise<Float32Array> {
  const length = beginnings[0]!.length;
  const width = paddedLength(length, network.choice.config.context);
  const result = tf.tidy(() => {
    const ids = new Int32Array(beginnings.length * width);
    for (const [row, one] of beginnings.entries()) ids.set(one, row * width);
    const rows = tf.tensor2d(ids, [beginnings.length, width], 'int32');
    const output = network.forward(rows, undefined, { memory: forEachOf(memory, beginnings.length) });
    const last = Int32Array.from(beginnings, (_, row) => row * width + length - 1);
    return classify({ ...output, hidden: tf.gather(output.hidden, tf.tensor1d(last, 'int32')) });
  });
  const values = await result.data<'float32'>();
  result.dispose();
  checkOverflow(values.subarray(0, network.choice.vocabulary));
  return values;
}
