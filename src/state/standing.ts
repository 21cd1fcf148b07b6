/** How a run compares with models that only count, and the verdict's words where that decides the next step. */
import type { StandingKind } from '../core/evaluate/labelResult';
import { labelProgress } from '../core/runs/labelStanding';
import type { Standing } from '../core/runs/modelStanding';
import { finishedStanding } from '../core/runs/standing';
import type { Verdict } from '../core/train/verdict';
import type { OpenRun } from './openRun';
import type { Project } from './project';
import { runSettings } from './runSettings';

export type { StandingKind, Standing };

const UNKNOWN: Standing = { kind: 'unknown' };

/** Of the best evaluation since the data last changed. @param trend of the loss at the end, where its words are wanted */
export function standingOf(run: OpenRun, project: Project, trend?: Verdict['trend']): Standing {
  const settings = runSettings(run, project);
  const { after } = settings.segments.at(-1)!;
  const evaluations = run.log.evaluations.filter(({ step }) => step > after);
  if (evaluations.length === 0) return UNKNOWN;
  const best = evaluations.reduce((a, b) => (b.loss < a.loss ? b : a));
  return finishedStanding(best, settings, trend);
}

/** Verdict on a classifier while it trains; undefined of another model, and until it is evaluated. */
export function learningOf(run: OpenRun, project: Project): Omit<Standing, 'kind'> | undefined {
  const { model, segments } = runSettings(run, project);
  if (!model.config.classes) return undefined;
  const { after, data } = segments.at(-1)!;
  const evaluations = run.log.evaluations.filter(({ step }) => after === 0 || step > after);
  return labelProgress(evaluations, data.facts?.labels, model.config.classes.labels.length);
}
