/** Milestones of a language model, derived from its log. */
import { formatReading } from '../../core/base/units';
import { baselinesOf, headlineOf } from '../../core/objectives';
import { gapWords, memorizingGap } from '../../core/train/memorizing';
import { trainingAt } from '../../core/train/meanAt';
import type { RunLog } from '../../state/runLog';
import type { RunSettings } from '../../state/runSettings';

interface Milestone {
  title: string;
  /** Baseline and value behind the milestone. */
  measure: string;
  /** First evaluation that reached it; null if none did. */
  step: number | null;
  isWarning?: boolean;
}

/** Milestones on the newest text: those reached, by step, then those ahead, the easiest first. */
export function textMilestones(
  log: Pick<RunLog, 'evaluations' | 'step' | 'loss'>,
  { model, recipe, segments }: Pick<RunSettings, 'model' | 'recipe' | 'segments'>,
): readonly Milestone[] {
  const { after, data } = segments.at(-1)!;
  const evaluations = log.evaluations.filter(({ step }) => step > after);
  const { scale } = headlineOf(recipe.objective);
  const baselines = baselinesOf(recipe.objective, model, data.facts);
  const passed = baselines.flatMap(({ milestone, label, loss }): Milestone[] => {
    if (milestone === undefined) return [];
    const step = evaluations.find((evaluation) => evaluation.loss < loss)?.step ?? null;
    return [{ title: milestone, measure: `Past ${label}, ${formatReading(scale.of(loss))}`, step }];
  });
  const gaps = evaluations.map(({ step, loss }) => ({
    step,
    gap: memorizingGap(loss, trainingAt(log, step, after), baselines) ?? 0,
  }));
  const firstGap = gaps.find(({ gap }) => gap > 0);
  const currentGap = gaps.at(-1)?.gap ?? 0;
  const memorizing: Milestone[] = firstGap
    ? [
        {
          title: 'Starting to memorize',
          measure: gapWords(firstGap.gap) + (currentGap - firstGap.gap > 0.05 ? `, now ${currentGap.toFixed(1)}` : ''),
          step: firstGap.step,
          isWarning: true,
        },
      ]
    : [];
  return [...passed, ...memorizing].sort((a, b) => (a.step ?? Infinity) - (b.step ?? Infinity) || 0);
}
