import { formatCount, formatNumber, formatShare } from '../../core/base/units';
import { headlineOf, headlineWords, type ObjectiveId } from '../../core/objectives';
import type { RunRecord } from '../../core/runs/record';
import { dataOf, measuredAt, recipeOf } from '../../core/runs/segments';
import { endingOfRun, isTuned, isWeightsAlone, shownRun } from '../../state/openRun';
import { hasOtherTexts } from '../../state/preparation';
import type { Asked } from '../../core/train/run';
import { isBeginning, isUnreadable } from '../../state/phase';
import { askRefusal } from '../../state/refusals';
import { NOTHING_YET, type Stage, type StageState } from '../../state/stage';
import type { RunLog } from '../../state/runLog';
import { judgedEvaluation } from '../../state/standing';
import type { Studio } from '../../state/slices/studio';
import type { OpenRun } from '../../state/slices/run';

type Evaluation = RunLog['evaluations'][number];

export const stage: Stage = {
  id: 'train',
  name: 'Train',
  words: 'chart curve loss progress samples picture',
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
};

/** Requests a sample or an evaluation; shows the reason if it is refused. */
function ask(s: Studio, asked: Asked): void {
  const refusal = askRefusal(s, asked.what);
  if (refusal === undefined) void s.ask(asked);
  else s.toast({ text: refusal });
}

function state(s: Studio): StageState {
  const run = shownRun(s, 'train');
  const { phase, record } = run;
  if (s.trainingElsewhere && record?.status === 'running') return { sign: 'running', line: resultLine(s, run) };
  switch (phase.kind) {
    case 'idle':
      return NOTHING_YET;
    case 'preparing':
      return { sign: 'running', line: 'preparing' };
    case 'compiling':
      return { sign: 'running', line: isBeginning(phase) ? 'first step' : 'compiling' };
    case 'training':
    case 'stopping':
      return { sign: 'running', line: resultLine(s, run) };
    case 'stopped':
    case 'finished':
      return atRest(s, run);
    case 'failed':
      return { sign: 'failed', line: failureLine(run) };
    default:
      return phase satisfies never;
  }
}

/** State of a run that doesn't train: finished, failed, paused or interrupted. */
function atRest(s: Studio, run: OpenRun): StageState {
  const { record } = run;
  const line = resultLine(s, run);
  const ending = endingOfRun(run);
  if (ending === 'failed') return { sign: 'failed', line: failureLine(run) };
  if (ending === 'stopped') return { sign: 'paused', line };
  if (ending === 'interrupted') return { sign: 'interrupted', line };
  return { sign: record && isOfOtherText(record, s) ? 'stale' : 'done', line };
}

/** False for an imported model, which was never trained on the project's text, and for a project without texts. */
const isOfOtherText = (record: RunRecord, { texts }: Studio): boolean =>
  record.origin === undefined && dataOf(record).id !== null && texts.length > 0 && hasOtherTexts(record, { texts });

/** `step 2,640 · perplexity 85.4`; only the result if both are longer than this example. */
function resultLine({ project }: Studio, run: OpenRun): string {
  const { phase, log, record } = run;
  const step = 'step' in phase ? phase.step : 0;
  const words = `step ${formatCount(step)}`;
  const judged = record?.objective === 'labels' ? judgedEvaluation(run, record.segments.at(-1)!.after) : undefined;
  const evaluation = judged ?? (record ? measuredAt(record, log.evaluations, Infinity) : log.evaluations.at(-1));
  // An evaluation before the first step says nothing about a later step.
  if (!evaluation || (evaluation.step === 0 && step > 0)) return words;
  // Before its first save a run has no record; its objective is the project's.
  const objective = record?.objective ?? (isTuned(run) ? undefined : project.recipe.objective);
  const result = objective && resultWords(objective, evaluation);
  if (result === undefined) return words;
  const both = `${words} · ${result}`;
  return both.length <= 'step 2,640 · perplexity 85.4'.length ? both : result;
}

/** `accuracy 88.3 %`, `perplexity 85.4`; uses the short label of the metric. */
function resultWords(objective: ObjectiveId, { loss, metrics }: Evaluation): string {
  if (metrics.accuracy) return `accuracy ${formatShare(Number((metrics.accuracy.value / 100).toPrecision(3)))}`;
  const { shortLabel, scale } = headlineOf(objective);
  return shortLabel === undefined ? headlineWords(objective, loss) : `${shortLabel} ${formatNumber(scale.of(loss))}`;
}

/** Line that says what is saved of a failed run. */
function failureLine(run: OpenRun): string {
  const { phase, saved, usable } = run;
  if (saved) return `step ${formatCount(saved.step)} is saved`;
  if (isWeightsAlone(run)) return `weights of step ${formatCount(usable!.step)}`;
  return isUnreadable(phase) ? 'can’t be opened' : 'no step saved';
}
