/** What was measured of a step on whole parts, as a card tells it. */
import { formatCount, formatDay, formatReading } from '../base/units';
import { BASELINES } from '../evaluate/figures';
import { estimateWords, figureWords, judged } from '../evaluate/words';
import { looksAt, ordinal } from '../runs/looks';
import { partHash } from '../runs/partHash';
import { dataOf } from '../runs/segments';
import type { ToldEvaluation } from '../runs/toldEvaluations';
import type { RunInfo } from './homegrownJson';
import { plain, table } from './markdown';

/** A heading, a verdict and a table for each; beside each figure what needs no model. Nothing where nothing was measured. */
export const evaluationSection = (info: RunInfo): string[] =>
  (info.evaluations ?? []).flatMap((evaluation) => [
    `### ${heading(evaluation)}`,
    verdict(info, evaluation),
    figures(evaluation),
  ]);

function heading({ part, text }: ToldEvaluation): string {
  if (text) return `On a text that was given: ${plain(text.name)}`;
  return part === 'test' ? 'On all of the test part' : 'On all of the validation part';
}

function verdict(info: RunInfo, { part, look, madeAt, ...figures }: ToldEvaluation): string {
  const { judgement, evidence } = judged({ part, evaluation: { ...figures, leftOut: [] } });
  return `${plain(`${judgement}. ${evidence}`)} Of step ${formatCount(info.state.step)}, on ${formatDay(madeAt)}. ${caution(info, { part, look })}`;
}

/** What makes these figures say less than they seem to. */
function caution(
  info: RunInfo,
  { part, look = 1 }: { part: ToldEvaluation['part']; look?: number | undefined },
): string {
  if (part === 'text') return 'Whether the model has learnt from this text is not known.';
  if (part === 'validation')
    return 'The run was watched by this part while it learnt: where a step or a setting was chosen by it, these figures flatter.';
  const data = dataOf(info);
  const all = Math.max(look, data ? looksAt(info.looks, partHash(data, 'test')) : 0);
  const since = all > look ? `, of ${formatCount(all)} by now` : '';
  return `This was the ${ordinal(look)} look at the test part${since}: each look that decides something makes it less of a test.`;
}

function figures({ metrics, baselines }: ToldEvaluation): string {
  const known = Object.entries(BASELINES) as [string, { label: string }][];
  const names = [
    ...known.flatMap(([name]) => (Object.hasOwn(baselines, name) ? [name] : [])),
    ...Object.keys(baselines).filter((name) => !Object.hasOwn(BASELINES, name)),
  ];
  const labels = new Map(known.map(([name, { label }]) => [name, label]));
  const rows = Object.entries(metrics).map(([id, figure]) => {
    const { value, interval = 'none: too little text' } = estimateWords(figure);
    const unit = figure.unit === '' ? '' : `, ${figure.unit}`;
    const beside = names.map((name) => baselines[name]![id]);
    return [plain(figureWords(id).label + unit), value, interval, ...beside.map((each) => formatReading(each ?? NaN))];
  });
  return table(rows, [
    'Figure',
    'This model',
    '95 % interval',
    ...names.map((name) => labels.get(name) ?? plain(name)),
  ]);
}
