/** Evaluations of a step on whole parts, for a model card. */
import { formatCount, formatDay, formatReading } from '../base/units';
import { BASELINES } from '../evaluate/figures';
import { estimateWords, figureWords, judged } from '../evaluate/words';
import { testSetAccessCount, ordinal } from '../runs/testSetAccesses';
import { partHash } from '../runs/partHash';
import { dataOf } from '../runs/segments';
import type { EvaluationSummary } from '../runs/evaluationSummary';
import type { RunInfo } from './homegrownJson';
import { plain, table } from './markdown';

/** Returns a heading, a verdict and a table for each evaluation, with baselines next to each metric; empty without evaluations. */
export const evaluationSection = (info: RunInfo): string[] =>
  (info.evaluations ?? []).flatMap((evaluation) => [
    `### ${heading(evaluation)}`,
    verdict(info, evaluation),
    figures(evaluation),
  ]);

function heading({ part, text }: EvaluationSummary): string {
  if (text) return `On other text: ${plain(text.name)}`;
  return part === 'test' ? 'On the whole test set' : 'On the whole validation set';
}

function verdict(info: RunInfo, { part, look, madeAt, ...figures }: EvaluationSummary): string {
  const { judgement, evidence } = judged({ part, evaluation: { ...figures, leftOut: [] } });
  return `${plain(`${judgement}. ${evidence}`)} Step ${formatCount(info.state.step)}, evaluated on ${formatDay(madeAt)}. ${caution(info, { part, look })}`;
}

/** Why these results may be too optimistic. */
function caution(
  info: RunInfo,
  { part, look = 1 }: { part: EvaluationSummary['part']; look?: number | undefined },
): string {
  if (part === 'text') return 'Whether the model was trained on this text is not known.';
  if (part === 'validation')
    return 'The validation set was used during training: if a step or a setting was chosen with it, these results are optimistic.';
  const data = dataOf(info);
  const all = Math.max(look, data ? testSetAccessCount(info.looks, partHash(data, 'test')) : 0);
  const since = all > look ? ` of ${formatCount(all)} evaluations so far` : ' evaluation';
  return `This was the ${ordinal(look)}${since} on the test set: each one used for a decision makes the test set less independent.`;
}

function figures({ metrics, baselines }: EvaluationSummary): string {
  const known = Object.entries(BASELINES) as [string, { label: string }][];
  const names = [
    ...known.flatMap(([name]) => (Object.hasOwn(baselines, name) ? [name] : [])),
    ...Object.keys(baselines).filter((name) => !Object.hasOwn(BASELINES, name)),
  ];
  const labels = new Map(known.map(([name, { label }]) => [name, label]));
  const rows = Object.entries(metrics).map(([id, figure]) => {
    const { value, interval = 'none: too little text' } = estimateWords(figure);
    const { label } = figureWords(id);
    const unit = figure.unit === '' || figure.unit === label.toLowerCase() ? '' : `, ${figure.unit}`;
    const other = names.map((name) => baselines[name]![id]);
    return [plain(label + unit), value, interval, ...other.map((each) => formatReading(each ?? NaN))];
  });
  return table(rows, [
    'Metric',
    'This model',
    '95 % interval',
    ...names.map((name) => labels.get(name) ?? plain(name)),
  ]);
}
