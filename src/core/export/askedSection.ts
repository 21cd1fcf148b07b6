/** Minimal pairs, tasks and comparisons of a step, for a model card. */
import { counted, formatCount, formatDay, formatReading } from '../base/units';
import { comparisonWords } from '../evaluate/compare';
import { TASK_BASELINES, TASK_METRICS } from '../evaluate/tasks';
import { ordinal } from '../runs/testSetAccesses';
import type { AskedSummary } from '../runs/askedSummary';
import type { RunInfo } from './homegrownJson';
import { plain, table } from './markdown';

/** Returns a heading and a table for each kind of list, and a sentence for each comparison. */
export function askedSection({ asked, state }: RunInfo): string[] {
  if (!asked) return [];
  const { madeAt, minimalPairs, swaps, tasks = [], comparisons = [] } = asked;
  const of = `Step ${formatCount(state.step)}, evaluated on ${formatDay(madeAt)}.`;
  return [
    ...(minimalPairs
      ? [
          '### Minimal pairs',
          `How often the model gives the right one of two sentences the higher probability; 50 % is chance. ${of}`,
          shares('Kind', [['All', minimalPairs.all], ...Object.entries(minimalPairs.kinds)]),
        ]
      : []),
    ...(swaps
      ? [
          '### Identity swaps',
          `How often the first of two sentences, which differ in one name, pronoun or origin, has the higher probability; 50 % is no preference. This measures the training text’s associations, not behavior in use. A value near 50 % does not show equal treatment. ${of}`,
          shares('Swap', Object.entries(swaps.kinds)),
        ]
      : []),
    ...(tasks.length > 0 ? ['### Custom tasks', `Questions from the user’s own tables. ${of}`, ofTasks(tasks)] : []),
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

const ofTasks = (tasks: NonNullable<AskedSummary['tasks']>): string =>
  table(
    tasks.flatMap(({ name, rows, metrics, baselines }) =>
      Object.entries(metrics).map(([id, share]) => {
        const other = Object.entries(baselines).map(
          ([baseline, figures]) => `${label(TASK_BASELINES, baseline)} ${formatReading(figures[id] ?? NaN)}`,
        );
        return [plain(name), label(TASK_METRICS, id), ...words(share), plain(other.join(', ')), formatCount(rows)];
      }),
    ),
    ['Task', 'Metric', 'Percent', '95 % interval', 'Baselines', 'Rows'],
  );
const label = (known: Readonly<Record<string, { label: string }>>, id: string): string => known[id]?.label ?? plain(id);

function compared(comparison: NonNullable<AskedSummary['comparisons']>[number]): string {
  const { beside, part, name = 'a text', look, bytes, madeAt, mayHaveLearnt } = comparison;
  const other = beside.runId === undefined ? '' : `${beside.name}, `;
  const on = part === 'text' ? name : `the ${part} set`;
  return [
    plain(
      `Compared with ${other}step ${formatCount(beside.step)}: ${comparisonWords(comparison)}, on ${counted(bytes, 'byte')} of ${on}`,
    ),
    look === undefined ? '' : `, its ${ordinal(look)} evaluation`,
    `, on ${formatDay(madeAt)}.`,
    mayHaveLearnt ? ' The other run may have been trained on this text.' : '',
  ].join('');
}
