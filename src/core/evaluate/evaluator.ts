import type { Tensor } from '@tensorflow/tfjs';
import { yieldToEventLoop, type Pause } from '../base/job';
import { compile, type Program } from '../gpu/program';
import { type Estimates, type Evaluated, metricOf } from '../metrics';
import { type LabeledPairs, labelCounts } from '../metrics/labels/counts';
import type { Network } from '../models/network';
import { type LoadedObjective, metricsOf } from '../objectives';
import { DIVISOR, divisor } from '../objectives/batch';
import type { TokenSource } from '../shards/manifest';
import type { Tokenizer } from '../tokenizer/tokenizer';

export interface EvaluationSettings {
  /** Batch size. */
  rows: number;
  /** Maximum number of tokens to read, spread evenly over the source. */
  tokens: number;
}

/** Measures a network with its current weights, with cached programs. */
export interface Evaluator {
  /**
   * Measures all metrics of the objective over rows of `context` tokens, each read without the text before it. The rows
   * depend only on the source and the settings, so results of different steps are comparable.
   */
  measure(source: TokenSource, settings: EvaluationSettings, tokenizer: Tokenizer, pause?: Pause): Promise<Evaluated>;
  dispose(): void;
}

export function evaluator(network: Network, objective: LoadedObjective): Evaluator {
  /** Programs by batch shape, which stays the same from one evaluation to the next. */
  const programs = new Map<string, Program<string, string>>();
  function programFor(rows: number, context: number): Program<string, string> {
    const shape = `${rows} x ${context}`;
    const cached = programs.get(shape);
    if (cached) return cached;
    const program = compile(
      { ...objective.inputs(rows, context), ...DIVISOR },
      ({ weight, ...inputs }): Readonly<Record<string, Tensor>> =>
        objective.measure?.(network, inputs, weight) ?? { loss: objective.loss(network, inputs, weight) },
    );
    programs.set(shape, program);
    return program;
  }
  return {
    async measure(source, settings, tokenizer, pause = yieldToEventLoop) {
      const { context } = network.choice.config;
      const meanLoss = metricOf('loss').start(source);
      const metrics = metricsOf(objective).map((id) => [id, metricOf(id)] as const);
      const meters = metrics
        .filter(([, { scale }]) => !scale)
        .map(([id, metric]) => [id, metric.start(source)] as const);
      let labeled: LabeledPairs | undefined;
      const batches = await objective.batches(source, context, tokenizer);
      for await (const { arrays, weight, rows, context: width } of batches.evaluation(settings)) {
        const { loss, correct, scores } = await programFor(rows, width).run({ ...arrays, ...divisor(weight) });
        const batchLabels = scores && objective.labeled?.(network, scores, arrays);
        if (batchLabels) labeled = { ...batchLabels, pairs: [...(labeled?.pairs ?? []), ...batchLabels.pairs] };
        const result = {
          loss: loss![0]! * weight,
          weight,
          ...(correct && { correct: correct.reduce((sum, right) => sum + right, 0) }),
          ...(batchLabels && { labeled: batchLabels }),
        };
        for (const meter of [meanLoss, ...meters.map(([, each]) => each)]) meter.add(result);
        await pause();
      }
      if (objective.answers) {
        const answers = await objective.answers(network, { tokenizer, source, tokens: settings.tokens, pause });
        for (const [, meter] of meters) meter.add({ loss: 0, weight: 0, answers });
      }
      const estimates: Estimates = Object.fromEntries(meters.map(([id, meter]) => [id, meter.value()]));
      return { loss: meanLoss.value().value, metrics: estimates, ...(labeled && { labels: labelCounts(labeled) }) };
    },
    dispose() {
      for (const program of programs.values()) program.dispose();
      programs.clear();
    },
  };
}
