/** What a step was asked by lists, and which steps it was compared with, as a card tells it. */
import { counted, formatCount, formatDay, formatReading } from '../base/units';
import { comparisonWords } from '../evaluate/compare';
import { TASK_BASELINES, TASK_METRICS } from '../evaluate/tasks';
import { ordinal } from '../runs/looks';
import type { ToldAsked } from '../runs/toldAsked';
import type { RunInfo } from './homegrownJson';
import { plain, table } from './markdown';

/** A heading and a table for each kind of list that was asked, and a sentence for each comparison. */
export function askedSection({ asked, state }: RunInfo): string[] {
  if (!asked) return [];
  const { madeAt, minimalPairs, swaps, tasks = [], comparisons = [] } = asked;
  const of = `Of step ${formatCount(state.step)}, on ${formatDay(madeAt)}.`;
  return [
    ...(minimalPairs
      ? [
          '### Pairs of sentences',
          `How often the right one of two sentences is the likelier one; half is chance. ${of}`,
          shares('Kind', [['All', minimalPairs.all], ...Object.entries(minimalPairs.kinds)]),
        ]
      : []),
    ...(swaps
      ? [
          '### Identity swaps',
          `How often the first of two sentences that differ in one name, pronoun or origin is the likelier one; half is no preference. It tells what the text made likely, not what a model does in use, and a figure near half does not show that it treats people alike. ${of}`,
          shares('Swap', Object.entries(swaps.kinds)),
        ]
      : []),
    ...(tasks.length > 0 ? ['### Own tasks', `Tables of questions that it was asked. ${of}`, ofTasks(tasks)] : []),
    ...(comparisons.length > 0
      ? ['### Compared with other steps', comparisons.map((each) => `- ${compared(each)}`).join('\n')]
      : []),
  ];
}

type Share = Record<'value' | 'low' | 'high', number>;
const words = ({ value, low, high }: Share): readonly string[] => [
  formatReading(value),
  `${formatReading(low)} to ${formatReading(high)}`,
];

const shares = (head: string, all: readonly (readonly [string, Share & { pairs: number }])[]): string =>
  table(
    all.map(([kind, share]) => [plain(kind), ...words(share), formatCount(share.pairs)]),
    [head, 'Percent', '95 % interval', 'Pairs'],
  );

const ofTasks = (tasks: NonNullable<ToldAsked['tasks']>): string =>
  table(
    tasks.flatMap(({ name, rows, metrics, baselines }) =>
      Object.entries(metrics).map(([id, share]) => {
        const beside = Object.entries(baselines).map(
          ([baseline, figures]) => `${label(TASK_BASELINES, baseline)} ${formatReading(figures[id] ?? NaN)}`,
        );
        return [plain(name), label(TASK_METRICS, id), ...words(share), plain(beside.join(', ')), formatCount(rows)];
      }),
    ),
    ['Task', 'Figure', 'Percent', '95 % interval', 'Without a model', 'Rows'],
  );
const label = (known: Readonly<Record<string, { label: string }>>, id: string): string => known[id]?.label ?? plain(id);

function compared(comparison: NonNullable<ToldAsked['comparisons']>[number]): string {
  const { beside, part, name = 'a text', look, bytes, madeAt, mayHaveLearnt } = comparison;
  const other = beside.runId === undefined ? '' : `${beside.name}, `;
  const on = part === 'text' ? name : `the ${part} part`;
  return [
    plain(
      `Beside ${other}step ${formatCount(beside.step)}: ${comparisonWords(comparison)}, on ${counted(bytes, 'byte')} of ${on}`,
    ),
    look === undefined ? '' : `, the ${ordinal(look)} look at it`,
    `, on ${formatDay(madeAt)}.`,
    mayHaveLearnt ? ' The other run did not hold out this text, as far as is known: it may have learnt from it.' : '',
  ].join('');
}
