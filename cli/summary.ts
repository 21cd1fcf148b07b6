/** Summary of a finished run, in words or as JSON; a tuned model is evaluated first. */
import { energyOf } from '../src/core/train/energy';
import type { RunInfo } from '../src/core/export/homegrownJson';
import type { Tokenizer } from '../src/core/tokenizer/tokenizer';
import type { Recipe } from '../src/core/train/recipe';
import type { DeviceKind, ModelChoice, Snapshot, TrainEvent, TrainOutcome, TrainState } from '../src/core/train/run';
import { toldOf as evaluationOf } from './evaluated';
import type { OldText } from '../node/texts/forgetting';
import type { OPTIONS } from './growOptions';
import { finalStanding, standingWords } from './labelWords';
import { keepEvaluation } from '../node/folders/keepEvaluation';
import type { Values } from './options';
import { finite, inWords, type Speed, valuesOf } from './outcome';
import type { Planner } from './planned';
import type { RunParts } from '../node/texts/runData';
import type { Progress } from './progress';
import { type Saves, withPlace } from '../node/folders/saves';
import { print } from './terminal';
import { heldStepWords } from './told';
import { forgettingWords, judged, type Tuning } from './tuning';
import { verdictOf, verdictWords } from './verdict';
import { infoInFolder, oldIn } from '../node/folders/stepInFolder';

interface RunEnd {
  options: Pick<Values<typeof OPTIONS>, 'json' | 'resume'>;
  out: string;
  info: RunInfo;
  /** Of the step that the folder holds. */
  used: TrainState;
  outcome: TrainOutcome;
  status: NonNullable<RunInfo['status']>;
  events: readonly TrainEvent[];
  progress: Progress;
  saves: Saves;
  signal: AbortSignal;
  tuning: Tuning | undefined;
  /** Weights of the newest step of a tuned run. */
  newest: Snapshot | undefined;
  model: ModelChoice;
  recipe: Recipe;
  tokenizer: Tokenizer;
  parts: RunParts;
  old: OldText | undefined;
  /** Perplexity of old text before the tuning. */
  before: number | undefined;
  speed: Speed;
  parameters: number;
  device: { kind: DeviceKind };
  planner: Planner | null;
}

export async function summarize(run: RunEnd): Promise<void> {
  const { options, info, used, outcome, events, progress, saves, tokenizer, recipe, device } = run;
  const { data } = run.parts;
  progress.say(heldStepWords(infoInFolder(info, used, events, run.status)));
  const last = events.filter((event) => event.kind === 'evaluated').findLast(({ step }) => step <= used.step);
  const evaluated = outcome.validationLoss === null ? undefined : last;
  const judgement = await judgedTuning(run);
  const held = { folder: saves.place ?? run.out, data, info: { ...info, state: used }, tokenizer };
  const standing = judgement && finalStanding(judgement.evaluation, data.labels);
  const kept = judgement && (await keepEvaluation(held, 'validation', judgement.evaluation));
  if (kept?.problem !== undefined) progress.say(kept.problem);
  const after = judgement?.after ?? (run.old && events.flatMap(oldIn).at(-1));
  const forgetting = run.before !== undefined && after !== undefined ? { before: run.before, after } : undefined;
  const verdict = verdictOf(info, events, outcome);
  const summary = {
    step: used.step,
    ...(used.step !== outcome.state.step && { lastStep: outcome.state.step }),
    trainLoss: finite(outcome.trainLoss),
    valLoss: evaluated?.loss ?? null,
    ...valuesOf(recipe.objective, evaluated),
    tokensPerSecond: run.speed.mean,
    parameters: run.parameters,
    device: device.kind,
    wattHours: energyOf(outcome.state.activeMs / 1000, device.kind).wattHours,
    ...(outcome.reason === 'early' && { endedEarly: true }),
    ...(run.planner && { expected: run.planner.told(recipe).expected }),
    ...(judgement && evaluationOf(judgement.evaluation)),
    ...(forgetting && { forgetting }),
    ...(standing && { standing: standing.kind }),
    verdict: verdict.kind,
    out: saves.place ?? options.resume ?? run.out,
  };
  if (forgetting && !options.json) print(forgettingWords(forgetting));
  if (!options.json) print(standing ? standingWords(standing) : verdictWords(verdict));
  print(
    options.json
      ? JSON.stringify(summary)
      : inWords(outcome, run.speed, recipe.objective, evaluated, saves, summary.out, device.kind),
  );
}

/** A tuned model's evaluation on the validation set; undefined for other runs and stopped ones. */
async function judgedTuning(run: RunEnd): Promise<Awaited<ReturnType<typeof judged>> | undefined> {
  const { tuning, newest, signal, saves, model, recipe, tokenizer, parts, old, info, used } = run;
  if (!tuning || !newest || signal.aborted) return undefined;
  const { decision } = info;
  const tuned = { model, recipe, tokenizer, parts, weights: newest.tensors, decision, step: used.step, old };
  return judged(tuned, signal).catch((error: unknown) => {
    throw withPlace(error, saves);
  });
}
