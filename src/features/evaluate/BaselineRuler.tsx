import { useEffect, useRef, useState } from 'react';
import type { Evaluation } from '../../core/evaluate/evaluation';
import { formatReading } from '../../core/base/units';
import { cx, type Column, Table, TableToggle, TermLabel } from '../../ui';
import styles from './BaselineRuler.module.css';
import { baselineWords } from './words';

/** Bits per byte of the model and of baselines on one axis, better to the right; or a table. */
export function BaselineRuler({ evaluation }: { evaluation: Evaluation }) {
  const [isTable, setTable] = useState(false);
  const modelValue = evaluation.metrics['bitsPerByte']?.value;
  const marks = Object.entries(evaluation.baselines).flatMap(([name, { bitsPerByte }]) =>
    bitsPerByte === undefined ? [] : [{ label: baselineWords(name).short, value: bitsPerByte }],
  );
  if (modelValue === undefined || marks.length === 0) return null;
  return (
    <figure className={styles.block}>
      <div className={styles.head}>
        <span>
          <TermLabel>bits per byte, fewer is better</TermLabel>
        </span>
        <TableToggle title="bits per byte" isTable={isTable} onChange={setTable} />
      </div>
      {isTable ? <Rows modelValue={modelValue} marks={marks} /> : <Ruler modelValue={modelValue} marks={marks} />}
    </figure>
  );
}

const THIS_MODEL = 'this model';
const COLUMNS: readonly Column<Mark>[] = [
  { id: 'label', header: 'Model', cell: ({ label }) => (label === THIS_MODEL ? <b>{label}</b> : label) },
  { id: 'value', header: 'Bits per byte', isNumber: true, cell: ({ value }) => formatReading(value) },
];

const Rows = ({ modelValue, marks }: RulerProps) => (
  <Table
    label="Bits per byte"
    columns={COLUMNS}
    rows={[...marks, { label: THIS_MODEL, value: modelValue }].toSorted((a, b) => b.value - a.value)}
    rowKey={({ label }) => label}
    isDense
  />
);

interface RulerProps {
  /** Bits per byte of this model. */
  modelValue: number;
  marks: readonly Mark[];
}

function Ruler({ modelValue, marks }: RulerProps) {
  const ref = useRef<HTMLDivElement>(null);
  const width = useWidth(ref);
  const values = [modelValue, ...marks.map(({ value }) => value)];
  const [min, max] = [Math.min(...values), Math.max(...values)];
  const margin = 0.06 * (max - min || 1);
  const percentOf = (value: number): number => (100 * (max + margin - value)) / (max - min + 2 * margin);
  const labels = placeLabels(
    marks.toSorted((a, b) => b.value - a.value),
    percentOf,
    width,
  );
  const best = Math.min(...marks.map(({ value }) => value));
  const gainStart = Math.min(percentOf(best), percentOf(modelValue));
  const descriptions = [{ label: THIS_MODEL, value: modelValue }, ...marks].map(
    ({ label, value }) => `${label} ${formatReading(value)}`,
  );
  return (
    <div
      ref={ref}
      className={styles.ruler}
      role="img"
      aria-label={`Bits per byte, fewer is better: ${descriptions.join(', ')}`}
    >
      <div className={styles.axis} />
      <div
        className={cx(styles.gain, modelValue > best && styles.loss)}
        style={{ left: `${gainStart}%`, width: `${Math.abs(percentOf(modelValue) - percentOf(best))}%` }}
      />
      {labels.map(({ label, value, row, align }) => (
        <span key={label}>
          <u className={styles.mark} style={{ left: `${percentOf(value)}%` }} />
          {row !== undefined && (
            <span
              className={cx(styles.label, styles[align], row === 1 && styles.second)}
              style={{ left: `${percentOf(value)}%` }}
            >
              {label} <b>{formatReading(value)}</b>
            </span>
          )}
        </span>
      ))}
      <div className={styles.needle} style={{ left: `${percentOf(modelValue)}%` }} />
      <span
        className={cx(styles.label, styles.own, styles[alignOf(percentOf(modelValue))])}
        style={{ left: `${percentOf(modelValue)}%` }}
      >
        {THIS_MODEL} <b>{formatReading(modelValue)}</b>
      </span>
    </div>
  );
}

type Align = 'start' | 'middle' | 'end';
const alignOf = (percent: number): Align => (percent < 8 ? 'start' : percent > 92 ? 'end' : 'middle');

/**
 * Places labels in two rows without overlap. The best and the worst are placed first; labels without room appear in the
 * chart's description only.
 *
 * @param percentOf place of a value on the axis, in percent
 * @param width of the axis, in px
 */
function placeLabels(
  marks: readonly Mark[],
  percentOf: (value: number) => number,
  width: number,
): readonly (Mark & { row: 0 | 1 | undefined; align: Align })[] {
  const occupied: (readonly [left: number, right: number])[][] = [[], []];
  const byPriority = [...marks.slice(-1), ...marks.slice(0, 1), ...marks.slice(1, -1).toReversed()];
  return [...new Set(byPriority)].map((mark) => {
    const labelWidth = CHARACTER_WIDTH * (mark.label.length + 6);
    const align = alignOf(percentOf(mark.value));
    const x = (percentOf(mark.value) / 100) * width;
    const left = align === 'start' ? x : align === 'end' ? x - labelWidth : x - labelWidth / 2;
    const isFree = (row: (typeof occupied)[number]): boolean =>
      row.every(([start, end]) => left > end + GAP || left + labelWidth < start - GAP);
    const row = ([0, 1] as const).find((index) => isFree(occupied[index]!));
    if (row !== undefined) occupied[row]!.push([left, left + labelWidth]);
    return { ...mark, row, align };
  });
}
interface Mark {
  label: string;
  value: number;
}
/** Mean width of a character in Inter at 12 px, and the space between labels, in px. */
const [CHARACTER_WIDTH, GAP] = [6.2, 8];

function useWidth(ref: React.RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(1000);
  useEffect(() => {
    if (!ref.current) return;
    const observer = new ResizeObserver(([entry]) => entry && setWidth(entry.contentRect.width));
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, [ref]);
  return width;
}
