import { useEffect, useRef, useState } from 'react';
import type { Evaluation } from '../../core/evaluate/evaluation';
import { formatReading } from '../../core/base/units';
import { cx, type Column, Table, TableToggle, TermLabel } from '../../ui';
import styles from './BaselineRuler.module.css';
import { baselineWords } from './words';

/** Bits per byte of the model and of baselines on one axis, better to the right; or a table. */
export function BaselineRuler({ evaluation }: { evaluation: Evaluation }) {
  const [isTable, setTable] = useState(false);
  const own = evaluation.metrics['bitsPerByte']?.value;
  const marks = Object.entries(evaluation.baselines).flatMap(([name, { bitsPerByte }]) =>
    bitsPerByte === undefined ? [] : [{ label: baselineWords(name).short, value: bitsPerByte }],
  );
  if (own === undefined || marks.length === 0) return null;
  return (
    <figure className={styles.block}>
      <div className={styles.head}>
        <span>
          <TermLabel>bits per byte, fewer is better</TermLabel>
        </span>
        <TableToggle title="bits per byte" isTable={isTable} onChange={setTable} />
      </div>
      {isTable ? <Rows own={own} marks={marks} /> : <Ruler own={own} marks={marks} />}
    </figure>
  );
}

const THIS_MODEL = 'this model';
const COLUMNS: readonly Column<Mark>[] = [
  { id: 'label', header: 'Model', cell: ({ label }) => (label === THIS_MODEL ? <b>{label}</b> : label) },
  { id: 'value', header: 'Bits per byte', isNumber: true, cell: ({ value }) => formatReading(value) },
];

const Rows = ({ own, marks }: RulerProps) => (
  <Table
    label="Bits per byte"
    columns={COLUMNS}
    rows={[...marks, { label: THIS_MODEL, value: own }].toSorted((a, b) => b.value - a.value)}
    rowKey={({ label }) => label}
    isDense
  />
);

interface RulerProps {
  own: number;
  marks: readonly Mark[];
}

function Ruler({ own, marks }: RulerProps) {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const values = [own, ...marks.map(({ value }) => value)];
  const [min, max] = [Math.min(...values), Math.max(...values)];
  const margin = 0.06 * (max - min || 1);
  const at = (value: number): number => (100 * (max + margin - value)) / (max - min + 2 * margin);
  const placed = rows(
    marks.toSorted((a, b) => b.value - a.value),
    at,
    width,
  );
  const best = Math.min(...marks.map(({ value }) => value));
  const left = Math.min(at(best), at(own));
  const words = [{ label: THIS_MODEL, value: own }, ...marks].map(
    ({ label, value }) => `${label} ${formatReading(value)}`,
  );
  return (
    <div
      ref={box}
      className={styles.ruler}
      role="img"
      aria-label={`Bits per byte, fewer is better: ${words.join(', ')}`}
    >
      <div className={styles.axis} />
      <div
        className={cx(styles.gain, own > best && styles.loss)}
        style={{ left: `${left}%`, width: `${Math.abs(at(own) - at(best))}%` }}
      />
      {placed.map(({ label, value, row, align }) => (
        <span key={label}>
          <u className={styles.mark} style={{ left: `${at(value)}%` }} />
          {row !== undefined && (
            <span
              className={cx(styles.label, styles[align], row === 1 && styles.second)}
              style={{ left: `${at(value)}%` }}
            >
              {label} <b>{formatReading(value)}</b>
            </span>
          )}
        </span>
      ))}
      <div className={styles.needle} style={{ left: `${at(own)}%` }} />
      <span className={cx(styles.label, styles.own, styles[alignOf(at(own))])} style={{ left: `${at(own)}%` }}>
        {THIS_MODEL} <b>{formatReading(own)}</b>
      </span>
    </div>
  );
}

type Align = 'start' | 'middle' | 'end';
const alignOf = (at: number): Align => (at < 8 ? 'start' : at > 92 ? 'end' : 'middle');

/**
 * Labels in two rows without overlap. The best and the worst are placed first; labels without room appear in the
 * chart's description only.
 */
function rows(
  marks: readonly Mark[],
  at: (value: number) => number,
  width: number,
): readonly (Mark & { row: 0 | 1 | undefined; align: Align })[] {
  const taken: (readonly [from: number, to: number])[][] = [[], []];
  const order = [...marks.slice(-1), ...marks.slice(0, 1), ...marks.slice(1, -1).toReversed()];
  return [...new Set(order)].map((mark) => {
    const long = LETTER * (mark.label.length + 6);
    const align = alignOf(at(mark.value));
    const place = (at(mark.value) / 100) * width;
    const from = align === 'start' ? place : align === 'end' ? place - long : place - long / 2;
    const isFree = (row: (typeof taken)[number]): boolean =>
      row.every(([first, last]) => from > last + GAP || from + long < first - GAP);
    const row = ([0, 1] as const).find((one) => isFree(taken[one]!));
    if (row !== undefined) taken[row]!.push([from, from + long]);
    return { ...mark, row, align };
  });
}
interface Mark {
  label: string;
  value: number;
}
/** Mean width of a character in Inter at 12 px, and the space between labels, in px. */
const [LETTER, GAP] = [6.2, 8];

function useWidth(box: React.RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(1000);
  useEffect(() => {
    if (!box.current) return;
    const observer = new ResizeObserver(([entry]) => entry && setWidth(entry.contentRect.width));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, [box]);
  return width;
}
