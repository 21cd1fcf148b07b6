/** Measures the cost of an evaluation beyond its forward passes, and of answer metrics, on the current device. */
import * as tf from '@tensorflow/tfjs';
import { atOnce, unwatched } from '../src/core/base/job';
import { stream } from '../src/core/base/rng';
import { held, tokenised } from '../src/core/evaluate/blocks';
import { evaluate } from '../src/core/evaluate/evaluate';
import { LIKELIHOOD_IDS } from '../src/core/evaluate/likelihood';
import { textMetrics } from '../src/core/metrics/text';
import { estimates } from '../src/core/metrics/text/estimate';
import { initialValues } from '../src/core/models/initial';
import { network } from '../src/core/models/network';
import { classify } from '../src/core/ops/classify';
import { createTokenizer } from '../src/core/tokenizer/byteLevel';
import { trainTokenizer } from '../src/core/tokenizer/train';
import { modelOf, type Shape } from './step';
import { buildSamples } from '../scripts/samples';

export interface EvaluationReport {
  tokens: number;
  /** Milliseconds of the forward passes with their scores, of the evaluation, and their ratio. */
  forwardMs: number;
  evaluateMs: number;
  ratio: number;
  /** Milliseconds of the evaluation with n-gram baselines, and the number of training tokens. */
  withBaselinesMs: number;
  trainTokens: number;
  /** Number of pairs, and milliseconds of their BLEU, chrF and ROUGE-1, -2, -L with intervals. */
  pairs: number;
  textMs: number;
  /** Processor time of all threads, which is meaningful on shared cores. */
  forwardCpuMs: number;
  evaluateCpuMs: number;
  cpuRatio: number;
  withBaselinesCpuMs: number;
  textCpuMs: number;
}

/** Benchmarks an evaluation. A vocabulary smaller than that of bytes becomes bytes. */
export async function benchEvaluation(
  { vocabulary, model = 'gpt', batch: _, ...size }: Shape,
  tokens: number,
): Promise<EvaluationReport> {
  const { text } = buildSamples().find(({ sample }) => sample.file.startsWith('moby'))!;
  const source = { sha256: '', characters: text.length, bytes: text.length, chunks: () => pieces(text) };
  const kind = vocabulary > 257 ? 'bpe' : 'bytes';
  const tokenizer = await createTokenizer(await trainTokenizer({ kind, vocabulary }, [source], unwatched));
  const config = modelOf({ ...size, vocabulary, model, batch: 1 }).config;
  const choice = { id: model, config, vocabulary: tokenizer.size };
  const net = await network(choice, initialValues(choice, 1));
  const ids = tokenizer.encode(text).subarray(0, tokens);
  const documents = [held(tokenizer, tokenizer.decode(ids), 'moby')];
  const train = [tokenised(tokenizer, text.slice(200_000))];
  const { context } = config;
  const forward = async (): Promise<void> => {
    for (let at = 0; at + context <= tokens; at += 8 * context) {
      const rows = Math.min(8, Math.floor((tokens - at) / context));
      const scores = tf.tidy(() =>
        classify(net.forward(tf.tensor2d(Int32Array.from(ids.subarray(at, at + rows * context)), [rows, context]))),
      );
      await scores.data();
      scores.dispose();
    }
  };
  const evaluated =
    (asked: object = {}) =>
    () =>
      evaluate(net, tokenizer, { objective: 'causal', documents, metrics: LIKELIHOOD_IDS, ...asked }, unwatched);
  await forward(); // warms up
  const none: Times = { ms: Infinity, cpuMs: Infinity };
  let [ran, measured, withBaselines] = [none, none, none];
  // Alternates, and takes the best of each, because cores are shared.
  for (let round = 0; round < ROUNDS; round++) {
    ran = lesser(ran, await timed(forward));
    measured = lesser(measured, await timed(evaluated()));
    withBaselines = lesser(withBaselines, await timed(evaluated({ train })));
  }
  const pairs = sentencePairs(text);
  const { bleu, chrf, rouge1, rouge2, rougeL } = textMetrics();
  let texts = none;
  for (let round = 0; round < ROUNDS; round++)
    texts = lesser(
      texts,
      await timed(() => Promise.resolve(atOnce(estimates([bleu, chrf, rouge1, rouge2, rougeL], pairs)))),
    );
  return {
    ...{ tokens, trainTokens: train[0]!.ids.length, pairs: pairs.length },
    ...{ forwardMs: ran.ms, evaluateMs: measured.ms, ratio: measured.ms / ran.ms },
    ...{ withBaselinesMs: withBaselines.ms, textMs: texts.ms },
    ...{ forwardCpuMs: ran.cpuMs, evaluateCpuMs: measured.cpuMs, cpuRatio: measured.cpuMs / ran.cpuMs },
    ...{ withBaselinesCpuMs: withBaselines.cpuMs, textCpuMs: texts.cpuMs },
  };
}

/** Wall-clock and processor time. */
interface Times {
  ms: number;
  cpuMs: number;
}
async function timed(work: () => Promise<unknown>): Promise<Times> {
  const [began, used] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(used);
  return { ms: performance.now() - began, cpuMs: (user + system) / 1000 };
}
const lesser = (a: Times, b: Times): Times => ({ ms: Math.min(a.ms, b.ms), cpuMs: Math.min(a.cpuMs, b.cpuMs) });

const ROUNDS = 3;

/** 3,000 sentences, each with a few of its words moved. */
function sentencePairs(text: string): { output: string; wanted: string }[] {
  const at = stream(1, 'bench pairs', 0);
  const sentences = text.split(/(?<=[.?!])\s+/).filter(({ length }) => length > 20 && length < 400);
  return sentences.slice(0, 3000).map((wanted, i) => {
    const words = wanted.split(/\s+/);
    const [from] = words.splice(at(2 * i) % words.length, 1);
    words.splice(at(2 * i + 1) % (words.length + 1), 0, from!);
    return { output: words.join(' '), wanted };
  });
}

async function* pieces(text: string): AsyncGenerator<string> {
  await Promise.resolve();
  yield text;
}
