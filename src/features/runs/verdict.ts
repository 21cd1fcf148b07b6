/** Verdict on a run from its stored curve, by the same rules as on Train. */
import { runCurve } from '../../core/runs/runCurve';
import { evaluatedAt } from '../../core/runs/curve';
import { endingOf } from '../../core/runs/ending';
import { objectiveOf } from '../../core/objectives';
import { recipeOf } from '../../core/runs/segments';
import { finishedStanding, isBeaten } from '../../core/runs/standing';
import { judge } from '../../core/train/judge';
import { toneOf, type Verdict } from '../../core/train/verdict';
import type { RunView } from './view';

/** Verdict as on Train: the standing of a finished run if it has one, else the verdict on its curve. */
export function judgementOf(
  view: RunView,
  isRunning: boolean,
): { tone: 'ok' | 'warn' | 'error' | undefined; judgement: string; evidence: string } {
  const { record, curve } = view.row;
  const verdict = verdictOf(view, isRunning);
  const { trend, judgement, evidence, next } = verdict;
  const isFinished = !isRunning && ['finished', 'early'].includes(endingOf(record, view.step, view.planned));
  const best = view.best && curve ? evaluatedAt(curve, view.best.step) : undefined;
  if (isFinished && best) {
    const settings = { recipe: recipeOf(record), model: record.model, segments: view.segments };
    const trained = curve?.evaluations.trained.at(-1);
    const gap = trained === undefined ? undefined : curve!.evaluations.loss.at(-1)! - trained;
    const standing = finishedStanding(best, settings, { trend, gap });
    if (standing.judgement !== undefined) {
      const tone = isBeaten(standing) ? 'warn' : 'ok';
      return { tone, judgement: standing.judgement, evidence: standing.evidence ?? '' };
    }
  }
  return { tone: toneOf(verdict), judgement, evidence: `${evidence} ${next}` };
}

/** Verdict on the curve of a run. @param isRunning whether the run is being trained, here or in another tab */
export function verdictOf(view: RunView, isRunning: boolean): Verdict {
  const cache = isRunning ? runningVerdicts : endedVerdicts;
  let verdict = cache.get(view);
  if (!verdict) cache.set(view, (verdict = computeVerdict(view, isRunning)));
  return verdict;
}
/** Caches of verdicts by view. */
const runningVerdicts = new WeakMap<RunView, Verdict>();
const endedVerdicts = new WeakMap<RunView, Verdict>();

function computeVerdict({ segments, step, planned, row: { record, curve } }: RunView, isRunning: boolean): Verdict {
  const stored = curve?.evaluations;
  const evaluations = Array.from(stored?.step ?? [], (step, i) => ({ step, loss: stored!.loss[i]! }));
  const verdictInput = runCurve(
    { model: record.model, segments },
    {
      evaluations,
      planned,
      ending: isRunning ? null : endingOf(record, step, planned),
      trained(step) {
        const index = stored?.step.indexOf(step) ?? -1;
        const mean = stored?.trained[index] ?? NaN;
        return Number.isNaN(mean) ? undefined : { mean, error: stored!.trainedError[index]! };
      },
    },
  );
  return judge(verdictInput);
}

/** Held-out loss minus training loss at the best step, in nats; undefined if unknown or not comparable. */
export function gapOf({ best, row: { record, curve } }: RunView): number | undefined {
  const recipe = recipeOf(record);
  if (!best || !curve || objectiveOf(recipe.objective).isOtherHeldOut?.(recipe)) return undefined;
  const trained = curve.evaluations.trained[curve.evaluations.step.indexOf(best.step)] ?? NaN;
  return Number.isNaN(trained) ? undefined : best.loss - trained;
}

/** `0.31`, `−0.20`, in nats. */
export const formatGap = (nats: number): string => `${nats < 0 ? '−' : ''}${Math.abs(nats).toFixed(2)}`;
