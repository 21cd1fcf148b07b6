import { yieldToEventLoop, type Pause } from '../base/job';
import { compile, type Program } from '../gpu/program';
import { type Estimates, type Evaluated, metricOf } from '../metrics';
import type { Network } from '../models/network';
import { type LoadedObjective, metricsOf } from '../objectives';
import { DIVISOR, divisor, type SpecialIds } from '../objectives/objective';
import { evaluationPlaces } from '../objectives/windows';
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
   * All that the objective's metrics ask for, over windows of `context` tokens, each beginning without what came before it.
   * The windows depend on the source and the settings alone, so that what is measured at different steps compares.
   */
  measure(source: TokenSource, settings: EvaluationSettings, special: SpecialIds, pause?: Pause): Promise<Evaluated>;
  dispose(): void;
}

export function evaluator(network: Network, objective: LoadedObjective): Evaluator {
  /** By the shape of their batches: an evaluation has one, and so has the next. */
  const programs = new Map<string, Program<string, 'loss'>>();
  function programFor(rows: number, context: number): Program<string, 'loss'> {
    const shape = `${rows} x ${context}`;
    const known = programs.get(shape);
    if (known) return known;
    const program = compile({ ...objective.inputs(rows, context), ...DIVISOR }, ({ weight, ...inputs }) => ({
      loss: objective.loss(network, inputs, weight),
    }));
    programs.set(shape, program);
    return program;
  }
  return {
    async measure(source, { rows, tokens: maxTokens }, special, pause = yieldToEventLoop) {
      const { context } = network.choice.config;
      const mean = metricOf('loss').start(source);
      const metrics = metricsOf(objective).map((id) => [id, metricOf(id)] as const);
      const meters = metrics
        .filter(([, { scale }]) => !scale)
        .map(([id, metric]) => [id, metric.start(source)] as const);
      for (const place of evaluationPlaces(source, objective, { context, rows, maxTokens })) {
        const { arrays, weight } = await objective.batch(source, place, special);
        const { loss } = await programFor(place.starts.length, place.context).run({ ...arrays, ...divisor(weight) });
        for (const meter of [mean, ...meters.map(([, each]) => each)]) meter.add({ loss: loss[0]! * weight, weight });
        await pause();
      }
      const estimates: Estimates = Object.fromEntries(meters.map(([id, meter]) => [id, meter.value()]));
      return { loss: mean.value().value, metrics: estimates };
    },
    dispose() {
      for (const program of programs.values()) program.dispose();
      programs.clear();
    },
  };
}
