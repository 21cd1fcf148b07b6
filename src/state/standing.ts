/** Comparison of a run with counting baselines, and the verdict's words if that decides the next step. */
import type { StandingKind } from '../core/evaluate/labelResult';
import { labelProgress } from '../core/runs/labelStanding';
import type { Standing } from '../core/runs/modelStanding';
import { finishedStanding } from '../core/runs/standing';
import { trainingAt } from '../core/train/meanAt';
import type { Verdict } from '../core/train/verdict';
import type { Project } from '../core/runs/project';
import type { Evaluation, RunLog } from './runLog';
import { runSettings } from './runSettings';
import type { OpenRun } from './slices/run';

export type { StandingKind, Standing };

const UNKNOWN: Standing = { kind: 'unknown' };

/**
 * Evaluation that a run is judged by: the newest during training, and the best afterward, whose step all pages then
 * use. @param after step of the last change of the data
 */
export function judgedEvaluation(
  { log, phase }: Pick<OpenRun, 'log' | 'phase'>,
  after: number,
): Evaluation | undefined {
  const evaluations = evaluationsSince(log, after);
  const isAtRest = phase.kind === 'finished' || phase.kind === 'stopped';
  return isAtRest ? bestOf(evaluations) : evaluations.at(-1);
}

/** Evaluations since the last change of the data; on the first data, step 0 too. @param after step of that change */
export const evaluationsSince = (log: Pick<RunLog, 'evaluations'>, after: number): readonly Evaluation[] =>
  log.evaluations.filter(({ step }) => after === 0 || step > after);

const bestOf = (evaluations: readonly Evaluation[]): Evaluation | undefined =>
  evaluations.reduce<Evaluation | undefined>((a, b) => (a && a.loss <= b.loss ? a : b), undefined);

/** Standing by the best evaluation since the data last changed. @param trend of the loss at the end, for its words */
export function standingOf(run: OpenRun, project: Project, trend?: Verdict['trend']): Standing {
  const settings = runSettings(run, project);
  const { after } = settings.segments.at(-1)!;
  const best = bestOf(run.log.evaluations.filter(({ step }) => step > after));
  if (!best) return UNKNOWN;
  const last = run.log.evaluations.at(-1)!;
  const trained = trainingAt(run.log, last.step, after);
  const gap = trained === undefined ? undefined : last.loss - trained;
  return finishedStanding(best, settings, { trend: trend ?? null, gap });
}

/** Verdict on a classifier in training; undefined for another model, and before its first evaluation. */
export function learningOf(run: OpenRun, project: Project): Omit<Standing, 'kind'> | undefined {
  const { model, segments } = runSettings(run, project);
  if (!model.config.classes) return undefined;
  const { after, data } = segments.at(-1)!;
  return labelProgress(evaluationsSince(run.log, after), data.facts?.labels, model.config.classes.labels.length);
}
