/** Table of runs, and their curves, for a spreadsheet: full precision, with units in the header. */
import type { Cell } from '../../core/base/csv';
import { headlineOf } from '../../core/objectives';
import { bitsPerByteOf } from '../../core/runs/bitsPerByte';
import { valueWords } from '../../core/runs/compare';
import type { RunColumn } from './runTable';
import { type RunView, tokensAt } from './view';

type Rows = readonly (readonly Cell[])[];

/** One row per run, in the given order. */
export function tableRows(
  views: readonly RunView[],
  columns: readonly RunColumn[],
  baseline: RunView | undefined,
): Rows {
  return [
    ['Run', 'Tags', 'Note', 'Started', ...columns.map(({ label, unit }) => (unit ? `${label} (${unit})` : label))],
    ...views.map((view): Cell[] => {
      const { name, createdAt, row } = view;
      const { tags, note } = row.record;
      return [
        name,
        tags.join(', '),
        note,
        new Date(createdAt).toISOString(),
        ...columns.map((column) => cellValue(column, view, baseline)),
      ];
    }),
  ];
}

function cellValue({ id, sortKey, setting }: RunColumn, view: RunView, baseline: RunView | undefined): Cell {
  if (setting) {
    const value = setting.of(view.made);
    return typeof value === 'object' ? valueWords(value) : value;
  }
  return id === 'difference' ? differenceOf(view, baseline) : sortKey(view);
}

/** Undefined if the two runs aren't comparable. */
const differenceOf = ({ bits, heldOut }: RunView, baseline: RunView | undefined): number | undefined =>
  bits === undefined || baseline?.bits === undefined || heldOut !== baseline.heldOut ? undefined : bits - baseline.bits;

const CURVES_HEADER = ['Run', 'Of', 'Step', 'Tokens', 'Time (ms)', 'Loss (nats)', 'Lowest (nats)', 'Highest (nats)'];

/** One row per point: validation loss, and training loss averaged over each range of steps. */
export function curveRows(views: readonly RunView[]): Rows {
  const { scale, label } = headlineOf(views[0]?.objective ?? 'causal');
  return [
    [...CURVES_HEADER, 'Bits per byte', label],
    ...views.flatMap((view): Cell[][] => {
      const { curve } = view.row;
      if (!curve) return [];
      const { evaluations, training } = curve;
      const pointCells = (of: string, step: number, ms: number): Cell[] => [
        view.name,
        of,
        step,
        tokensAt(view, step),
        ms,
      ];
      return [
        ...Array.from(evaluations.step, (step, i) => {
          const loss = evaluations.loss[i]!;
          const cells = pointCells('validation', step, evaluations.ms[i]!);
          return [...cells, loss, undefined, undefined, bitsPerByteOf(view, loss, step), scale.of(loss)];
        }),
        ...Array.from(training.step, (step, i) => {
          const { ms, low, high } = training;
          return [...pointCells('training', step, ms[i]!), undefined, low[i], high[i], undefined, undefined];
        }),
      ];
    }),
  ];
}
