/** Predictions of a classifier. */
import type { Tensor } from '@tensorflow/tfjs';
import { type Job, type Pause, yieldToEventLoop } from '../base/job';
import { compile, type Program } from '../gpu/program';
import type { Network } from '../models/network';
import type { Classes } from '../models/spec';
import { isReadFromFirst } from '../models/classes';
import { checkLabelOverflow } from '../models/overflow';
import { labelScores } from './labelScores';
import { probabilitiesOf } from './labelsOf';
import { rowArrays, widthOf, type Window, windowsOf } from './textRows';
import { aroundText } from '../tokenizer/prompt';
import type { Tokenizer } from '../tokenizer/tokenizer';

export interface Classified {
  /** [labels]; the sum is 1 if a text has exactly one label. All are 0 for a text without tokens. */
  probabilities: Float64Array;
  /** [labels], logits; the mean over windows. */
  scores: Float32Array;
  /** Number of tokens of the text, without special tokens, and of those that the model read. */
  tokens: number;
  read: number;
  windows: number;
}

export interface Classifying {
  /** Divides the scores (Guo et al. 2017, arXiv:1706.04599); absent: 1. */
  temperature?: number;
  pause?: Pause;
  report?: Job['report'];
}

export interface Classifier {
  classes: Classes;
  /** Classifies texts, or their ids; batches those of similar length. @throws HomegrownError `diverged` if scores overflow */
  classify(texts: readonly (string | ArrayLike<number>)[], how?: Classifying): Promise<readonly Classified[]>;
  dispose(): void;
}

/** @param network a classifier, with `classes` */
export function classifier(network: Network, tokenizer: Tokenizer): Classifier {
  const { config } = network.choice;
  const { context } = config;
  const classes = config.classes!;
  const { several = false, inWindows = false } = classes;
  const count = classes.labels.length;
  const [before, after] = aroundText(tokenizer, isReadFromFirst(network.choice));
  const room = context - before.length - after.length;
  const programs = new Map<string, Program<string, string>>();
  function programFor(rows: number, width: number): Program<string, string> {
    const shape = `${rows} x ${width}`;
    const known = programs.get(shape);
    if (known) return known;
    const program = compile(
      {
        ids: { shape: [rows, width], dtype: 'int32' },
        lengths: { shape: [rows], dtype: 'int32' },
        pool: { shape: [rows, width], dtype: 'float32' },
      },
      (inputs): Readonly<Record<string, Tensor>> => ({ scores: labelScores(network, inputs) }),
    );
    programs.set(shape, program);
    return program;
  }
  /** [rows labels]; pads to the rows of a captured program of this width. */
  async function scoresOf(rows: readonly (readonly number[])[], width: number): Promise<Float32Array> {
    const filled = rowsOf(width, rows.length, Math.ceil);
    const arrays = rowArrays(rows, width, classes.pooling, tokenizer.endOfText, filled);
    const { scores } = await programFor(filled, width).run(arrays);
    return scores!;
  }
  return {
    classes,
    async classify(texts, { temperature = 1, pause = yieldToEventLoop, report } = {}) {
      const ids = texts.map((text) => (typeof text === 'string' ? tokenizer.encode(text) : text));
      const windows = ids.flatMap(({ length }, text) =>
        length === 0 ? [] : windowsOf(length, room, inWindows).map((window) => ({ text, window })),
      );
      const tokensOf = ({ window: [from, to] }: { window: Window }): number => before.length + to - from + after.length;
      // Longest first, so that rows need little padding, and all batches of a width but the last have one shape.
      windows.sort((a, b) => tokensOf(b) - tokensOf(a));
      const found = ids.map(({ length: tokens }) => ({
        scores: new Float32Array(count),
        ...{ tokens, read: 0, windows: tokens === 0 ? 0 : windowsOf(tokens, room, inWindows).length },
      }));
      for (let at = 0; at < windows.length;) {
        report?.({ label: 'Classifying', done: at, of: windows.length, unit: 'texts' });
        const width = widthOf(tokensOf(windows[at]!), context);
        const some = windows.slice(at, at + rowsOf(width, windows.length - at));
        at += some.length;
        const rows = some.map(({ text, window: [from, to] }) => [
          ...before,
          ...Array.from({ length: to - from }, (_, place) => ids[text]![from + place]!),
          ...after,
        ]);
        const scores = await scoresOf(rows, width);
        checkLabelOverflow(scores.subarray(0, rows.length * count), count);
        for (const [i, { text, window }] of some.entries()) {
          const all = found[text]!;
          all.read += window[1] - window[0];
          for (let label = 0; label < count; label++) all.scores[label]! += scores[i * count + label]! / all.windows;
        }
        await pause();
      }
      return found.map((each) => ({
        ...each,
        probabilities: each.tokens === 0 ? new Float64Array(count) : probabilitiesOf(each.scores, several, temperature),
      }));
    },
    dispose() {
      for (const program of programs.values()) program.dispose();
      programs.clear();
    },
  };
}
/** Maximum number of tokens in a batch, including padding. */
const TOKENS = 4096;

/** Rows in the next batch: as many as fit, or else a power of two, so that there are few captured programs. */
function rowsOf(width: number, left: number, round: (power: number) => number = Math.floor): number {
  const max = Math.max(1, Math.floor(TOKENS / width));
  return left >= max ? max : Math.min(max, 2 ** round(Math.log2(left)));
}
