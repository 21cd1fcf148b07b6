import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import { breathe } from '../base/job';
import { countedTargets } from '../batches/batch';
import { evaluationWindows } from '../batches/evaluation';
import { compile, type Program } from '../gpu/program';
import type { Network } from '../models/network';
import { softmaxCrossEntropy } from '../ops/softmaxCrossEntropy';
import type { TokenSource } from '../shards/manifest';

export interface EvaluationSettings {
  /** Windows at once. */
  rows: number;
  /** At most as many tokens are predicted; they are spread evenly over the source. */
  tokens: number;
}

/** Measures a network as it is at the time, by programs that it keeps. */
export interface Evaluator {
  /**
   * Mean nats per token over windows of `context` tokens, each beginning without what came before it.
   * The windows depend on the source and the settings alone, so that losses of different steps compare.
   */
  meanLoss(source: TokenSource, settings: EvaluationSettings): Promise<number>;
  dispose(): void;
}

export function evaluator(network: Network): Evaluator {
  /** By the shape of their batches: an evaluation has one, and so has the next. */
  const programs = new Map<string, Program<'ids' | 'targets', 'loss'>>();
  function programFor(rows: number, context: number): Program<'ids' | 'targets', 'loss'> {
    const shape = `${rows} x ${context}`;
    const known = programs.get(shape);
    if (known) return known;
    const program = lossProgram(network, rows, context);
    programs.set(shape, program);
    return program;
  }
  return {
    async meanLoss(source, { rows, tokens }) {
      let sum = 0;
      let count = 0;
      for await (const batch of evaluationWindows(source, network.choice.config.context, rows, tokens)) {
        const { inputs: ids, targets } = batch;
        const { loss } = await programFor(batch.rows, batch.context).run({ ids, targets });
        const counted = countedTargets(targets);
        sum += loss[0]! * counted;
        count += counted;
        await breathe();
      }
      return sum / count;
    },
    dispose() {
      for (const program of programs.values()) program.dispose();
      programs.clear();
    },
  };
}

const lossProgram = (network: Network, rows: number, context: number): Program<'ids' | 'targets', 'loss'> =>
  compile(
    { ids: { shape: [rows, context], dtype: 'int32' }, targets: { shape: [rows * context], dtype: 'int32' } },
    ({ ids, targets }) => {
      const { hidden, classifier } = network.forward(ids as Tensor2D);
      return { loss: softmaxCrossEntropy(hidden, classifier, targets as Tensor1D) };
    },
  );
