/** Summary of a finished run, in words or as JSON. */
import { formatReading, formatShare } from '../src/core/base/units';
import { energyOf } from '../src/core/train/energy';
import type { EvaluatedRun, Forgetting } from '../node/runs/evaluateTuned';
import { verdictOf, verdictWords } from '../node/runs/runVerdict';
import type { TrainedRun } from '../node/runs/trainRun';
import { evaluationJson as evaluationOf } from './evaluated';
import type { OPTIONS } from './growOptions';
import { finalStanding, standingWords } from './labelWords';
import type { Values } from './options';
import { finite, outcomeWords, valuesOf } from './outcome';
import type { RunPrinter } from './runPrinter';
import { print } from './terminal';

export function printSummary(
  trained: TrainedRun,
  { tuned, forgetting }: EvaluatedRun,
  options: Pick<Values<typeof OPTIONS>, 'json' | 'resume'>,
  printer: RunPrinter,
): void {
  const { run, info, used, outcome, events, recipe } = trained;
  const { saves, planner } = run;
  const { kind } = run.device.current;
  const last = events.filter((event) => event.kind === 'evaluated').findLast(({ step }) => step <= used.step);
  const evaluated = outcome.validationLoss === null ? undefined : last;
  if (tuned?.problem !== undefined) printer.say(tuned.problem);
  const standing = tuned && finalStanding(tuned.evaluation, run.data.data.labels);
  const verdict = verdictOf(info, events, outcome);
  const out = saves.place ?? options.resume ?? saves.out;
  if (options.json) {
    const summary = {
      step: used.step,
      ...(used.step !== outcome.state.step && { lastStep: outcome.state.step }),
      trainLoss: finite(outcome.trainLoss),
      valLoss: evaluated?.loss ?? null,
      ...valuesOf(recipe.objective, evaluated),
      tokensPerSecond: printer.speed.mean,
      parameters: trained.parameters,
      device: kind,
      wattHours: energyOf(outcome.state.activeMs / 1000, kind).wattHours,
      ...(outcome.reason === 'early' && { endedEarly: true }),
      ...(planner && { expected: planner.withRecipe(recipe).expected }),
      ...(tuned && evaluationOf(tuned.evaluation)),
      ...(forgetting && { forgetting }),
      ...(standing && { standing: standing.kind }),
      verdict: verdict.kind,
      out,
    };
    print(JSON.stringify(summary));
    return;
  }
  if (forgetting) print(forgettingWords(forgetting));
  print(standing ? standingWords(standing) : verdictWords(verdict));
  print(outcomeWords(outcome, printer.speed, recipe.objective, evaluated, saves, out, kind));
}

/** `Old text: perplexity 31.8 before, 33.7 after (+5.9 %).` */
function forgettingWords({ before, after }: Forgetting): string {
  const change = after / before - 1;
  const share = `${change > 0 ? '+' : ''}${formatShare(change)}`;
  return `Old text: perplexity ${formatReading(before)} before, ${formatReading(after)} after (${share}).`;
}
