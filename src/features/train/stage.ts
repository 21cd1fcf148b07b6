import { counted, formatCount, formatDuration, formatNumber } from '../../core/base/units';
import { headlineOf, headlineWords, type ObjectiveId, objectiveOf } from '../../core/objectives';
import { measuredAt, recipeOf } from '../../core/runs/segments';
import { cutOfRun, isOpening, isWeightsAlone, shownRun } from '../../state/openRun';
import { estimateProject, vocabularySize } from '../../state/estimate';
import type { Asked } from '../../core/train/run';
import { isBeginning, isUnreadable } from '../../state/phase';
import { askRefusal } from '../../state/refusals';
import type { Stage, StageState } from '../../state/stage';
import type { Studio } from '../../state/studio';

export const stage: Stage = {
  id: 'train',
  name: 'Train',
  state,
  page: async () => (await import('./TrainPage')).TrainPage,
  staysOpen: true,
  keys(s) {
    const { phase, record } = shownRun(s, 'train');
    if (!record || !['training', 'stopped', 'finished'].includes(phase.kind)) return [];
    const prompt = recipeOf(record).samplePrompt;
    return [
      { id: 'sample', label: 'Sample now', keys: 's', run: () => ask(s, { what: 'sample', prompt }) },
      { id: 'evaluate', label: 'Evaluate now', keys: 'e', run: () => ask(s, { what: 'evaluate' }) },
    ];
  },
  ahead({ project, device }) {
    const { seconds } = estimateProject(project, device.kind === 'open' ? device.info : undefined);
    const time = seconds === undefined ? '' : `, ${formatDuration(1000 * seconds)}`;
    const { objective, steps } = project.recipe;
    const { label, says, better, scale } = headlineOf(objective);
    const [blind] = objectiveOf(objective).baselines({ vocabulary: vocabularySize(project), data: null });
    const start = scale.of(blind.loss);
    const subject = says ? `${label} says ${says}. It` : label;
    const course = better === 'lower' ? 'falls' : 'rises';
    return {
      reading: `${counted(steps, 'step')}${time}`,
      words:
        `${subject} begins near ${start < 100 ? formatNumber(start) : formatCount(start)}, ${blind.words}, and ` +
        `${course} on a live chart, while what has been learnt shows on the same prompt again and again.`,
    };
  },
};

/** What cannot be done is said, as the button says it. */
function ask(s: Studio, asked: Asked): void {
  const refusal = askRefusal(s, asked.what);
  if (refusal === undefined) void s.ask(asked);
  else s.toast({ text: refusal });
}

function state(s: Studio): StageState {
  const run = shownRun(s, 'train');
  const { phase, log, record } = run;
  const evaluation = record ? measuredAt(record, log.evaluations, Infinity) : log.evaluations.at(-1);
  const objective = record?.objective ?? s.project.recipe.objective;
  // What it was before the first step says nothing of a later one.
  const isOfItsOwn = evaluation && (evaluation.step > 0 || !('step' in phase) || phase.step === 0);
  const result = isOfItsOwn ? ` · ${inRail(objective, evaluation.loss)}` : '';
  switch (phase.kind) {
    case 'idle':
      if (isOpening(s, 'train')) return { node: 'none', line: 'opening' };
      return { node: 'none', line: s.texts.length > 0 ? 'no run yet' : 'needs text' };
    case 'preparing':
      return { node: 'run', line: 'text to tokens' };
    case 'compiling':
      return { node: 'run', line: isBeginning(phase) ? 'the first step' : 'compiling' };
    case 'training':
    case 'stopping':
      return { node: 'run', line: `step ${formatCount(phase.step)}${result}` };
    case 'stopped':
    case 'finished':
      return {
        node: (!s.trainingElsewhere && cutOfRun(run)) || 'done',
        line: `step ${formatCount(phase.step)}${result}`,
      };
    case 'failed': {
      const step = `step ${formatCount(phase.step)}${result}`;
      const unreadable = isWeightsAlone(run) ? 'cannot go on' : 'cannot be opened';
      const none = isUnreadable(phase) ? unreadable : phase.of > 0 ? 'no step saved' : step;
      return { node: 'failed', line: run.saved ? step : none };
    }
    default:
      return phase satisfies never;
  }
}

/** `perplexity 85.4`, by the shortest name that it has. */
function inRail(objective: ObjectiveId, loss: number): string {
  const { shortLabel, scale } = headlineOf(objective);
  return shortLabel === undefined ? headlineWords(objective, loss) : `${shortLabel} ${formatNumber(scale.of(loss))}`;
}
