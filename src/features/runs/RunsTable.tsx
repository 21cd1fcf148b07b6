import type { ReactNode } from 'react';
import { formatBytes, formatCount, formatDuration, formatReading } from '../../core/base/units';
import { valueWords } from '../../core/runs/compare';
import { cx, Icon, Swatch, Table, text, type Column } from '../../ui';
import styles from './RunsPage.module.css';
import { differsFromBaseline, type IsRunning, type RunColumn, type Sort } from './runTable';
import { formatGap, gapOf, judgementOf } from './verdict';
import { formatBits, headlineValue, type RunView, timeOf } from './view';
import { differenceWords, NO_VALUE, stateWords } from './words';

export interface RunsTableProps {
  /** Sorted rows. */
  views: readonly RunView[];
  columns: readonly RunColumn[];
  baseline: RunView | undefined;
  isRunning: IsRunning;
  isShown: (view: RunView) => boolean;
  onShow: (view: RunView, isShown: boolean) => void;
  onBaseline: (view: RunView) => void;
  chosen: string | undefined;
  onChoose: (view: RunView) => void;
  sort: Sort;
  onSort: (column: string) => void;
}

/** Table of runs: curve visibility, baseline choice, scores and settings. */
export function RunsTable(p: RunsTableProps) {
  const { views, baseline, isRunning, isShown, onShow, onBaseline } = p;
  const columns: Column<RunView>[] = [
    {
      id: 'shown',
      header: <span className={text.hidden}>Shown</span>,
      width: '56px',
      cell: (view) => <VisibilityButton view={view} isShown={isShown(view)} onShow={onShow} />,
    },
    NAME_COLUMN,
    {
      id: 'baseline',
      header: 'Baseline',
      leaveOut: 'phone',
      cell: (view) => (
        <label className={styles.radio}>
          <input
            type="radio"
            name="baseline"
            aria-label={`Use ${view.name} as the baseline`}
            checked={view.id === baseline?.id}
            onChange={() => onBaseline(view)}
          />
        </label>
      ),
    },
    ...p.columns.map((column): Column<RunView> => {
      const { id, label, isNumber, setting } = column;
      return {
        id,
        header: label,
        isNumber,
        isSortable: true,
        isQuiet: id !== 'bits',
        ...(LEAVE_OUT[id] && { leaveOut: LEAVE_OUT[id] }),
        cell: (view) =>
          setting ? (
            <span className={cx(styles.value, differsFromBaseline(setting, view, baseline) && styles.differs)}>
              {valueWords(setting.of(view.made))}
            </span>
          ) : (
            CELLS[id]?.(view, baseline, isRunning(view))
          ),
      };
    }),
  ];
  return (
    <Table
      label="Runs"
      rows={views}
      rowKey={({ id }) => id}
      columns={columns}
      chosenKey={p.chosen}
      onChoose={p.onChoose}
      onKey={(view, key) => {
        if (key === ' ') onShow(view, !isShown(view));
        else if (key.toLowerCase() === 'b') onBaseline(view);
        else return false;
        return true;
      }}
      isOff={(view) => !isShown(view)}
      sort={p.sort}
      onSort={p.onSort}
    />
  );
}

const NAME_COLUMN: Column<RunView> = {
  id: 'run',
  header: 'Run',
  isHeader: true,
  isSortable: true,
  cell: ({ name, hue, row: { record } }) => (
    <span className={text.row}>
      <Swatch run={hue} />
      <b className={styles.name} title={name}>
        {name}
      </b>
      {record.tags.map((tag) => (
        <span key={tag} className={styles.tag}>
          {tag}
        </span>
      ))}
    </span>
  ),
};

/** A plain button, because each of possibly hundreds of rows has one. */
function VisibilityButton(p: { view: RunView; isShown: boolean; onShow: (view: RunView, isShown: boolean) => void }) {
  const words = `${p.isShown ? 'Hide' : 'Show'} the curve of ${p.view.name}`;
  return (
    <button
      type="button"
      className={styles.eye}
      aria-label={words}
      title={words}
      aria-pressed={p.isShown}
      onClick={() => p.onShow(p.view, !p.isShown)}
    >
      <Icon name={p.isShown ? 'eye' : 'eyeOff'} size={14} />
    </button>
  );
}

/** Screens on which a column is left out. */
const LEAVE_OUT: Readonly<Record<string, 'narrow' | 'phone'>> = {
  best: 'narrow',
  gap: 'phone',
  time: 'narrow',
  headline: 'phone',
  kept: 'phone',
  state: 'phone',
  verdict: 'phone',
};

type RenderCell = (view: RunView, baseline: RunView | undefined, isRunning: boolean) => ReactNode;
const CELLS: Readonly<Record<string, RenderCell>> = {
  bits: ({ bits }) => (bits === undefined ? NO_VALUE : formatBits(bits)),
  difference: differenceWords,
  headline(view) {
    const value = headlineValue(view);
    return value === undefined ? NO_VALUE : formatReading(value);
  },
  best: ({ best }) => (best ? formatCount(best.step) : NO_VALUE),
  time(view) {
    const ms = timeOf(view);
    return ms === undefined ? NO_VALUE : formatDuration(ms);
  },
  kept: ({ row: { bytes } }) => (bytes === null ? 'unreadable' : bytes === 0 ? 'none' : formatBytes(bytes)),
  gap(view) {
    const nats = gapOf(view);
    return nats === undefined ? NO_VALUE : formatGap(nats);
  },
  state: (view, _, isRunning) => stateWords(view, isRunning),
  verdict(view, _, isRunning) {
    const { tone, judgement } = judgementOf(view, isRunning);
    return (
      <span className={cx(styles.verdict, tone && tone !== 'ok' && text[tone])} title={judgement}>
        {tone && tone !== 'ok' && <Icon name={tone === 'warn' ? 'warning' : 'error'} size={14} />}
        <span className={text.clip}>{judgement}</span>
      </span>
    );
  },
};
