import { useState } from 'react';
import { formatCount, formatDuration, formatReading } from '../../core/base/units';
import { changeWords, differences, valueWords } from '../../core/runs/compare';
import { ancestors } from '../../core/runs/lineage';
import { recipeOf } from '../../core/runs/segments';
import { headlineOf } from '../../core/objectives';
import { costWords, wattHoursWords } from '../../core/train/energy';
import { usePower } from '../../state/power';
import { useSavedStepsOf } from '../../state/useOfRun';
import { Block, cx, formatMoment, Pane, PaneHead, scroll, Swatch, Table, text, Verdict, type Column } from '../../ui';
import { ForkDialog } from './ForkDialog';
import { KeptSteps } from './KeptSteps';
import { RunActions } from './RunActions';
import { RunSamples } from './RunSamples';
import styles from './RunsPage.module.css';
import { formatGap, gapOf, judgementOf } from './verdict';
import { formatBits, energyOfRun, headlineValue, type RunView, timeOf } from './view';
import { differWords, HOW, standing } from './words';

interface Row {
  label: string;
  cell: (view: RunView) => string;
}

/** The chosen run against the baseline: settings that differ, scores, lineage and actions. */
export function RunPane(p: {
  view: RunView;
  baseline: RunView | undefined;
  all: readonly RunView[];
  isRunning: boolean;
  onBaseline: () => void;
}) {
  const { view, baseline, all, isRunning } = p;
  const steps = useSavedStepsOf(view.row);
  const newest = (steps?.find(({ latest }) => latest) ?? steps?.at(-1))?.step;
  const [fork, setFork] = useState<number>();
  const other = baseline && baseline.id !== view.id ? baseline : undefined;
  const { note } = view.row.record;
  const rows = useRows(view, other);
  const { count, which } = other ? differWords(other.made, view.made) : { count: '', which: '' };
  return (
    <Pane title={other ? `${view.name} against ${other.name}` : view.name} hint={formatMoment(view.createdAt)}>
      {other && (
        <Block>
          <p className={styles.words}>
            {count}
            {which !== '' && (
              <>
                , <b>{which}</b>
              </>
            )}
            . {standing(view, other)}
          </p>
        </Block>
      )}
      <Judged view={view} isRunning={isRunning} />
      <Block>
        <RunActions
          view={view}
          onFork={() => setFork(newest)}
          canFork={newest !== undefined}
          onBaseline={view.id === baseline?.id ? undefined : p.onBaseline}
        />
      </Block>
      {note !== '' && (
        <Block>
          <p className={styles.note}>{note}</p>
        </Block>
      )}
      <div
        className={cx(scroll.sideways, styles.compare)}
        tabIndex={0}
        role="group"
        aria-label={`${view.name} in numbers`}
      >
        <Table
          label={`${view.name} in numbers`}
          rows={rows}
          rowKey={({ label }) => label}
          columns={columnsFor(other ? [other, view] : [view])}
          isDense
        />
      </div>
      <PaneHead title="Lineage" />
      <Kin view={view} all={all} />
      <KeptSteps view={view} steps={steps} onFork={setFork} />
      <RunSamples view={view} other={other} />
      {fork !== undefined && steps && (
        <ForkDialog view={view} steps={steps} from={fork} onClose={() => setFork(undefined)} />
      )}
    </Pane>
  );
}

/** Settings that differ from the other run, and scores. */
function useRows(view: RunView, other: RunView | undefined): readonly Row[] {
  const power = usePower();
  return [
    ...(other ? differences(other.made, view.made) : []).map(({ setting }): Row => ({
      label: setting.label,
      cell: ({ made }) => valueWords(setting.of(made)),
    })),
    { label: 'Bits per byte', cell: ({ bits }) => known(bits, formatBits) },
    { label: headlineOf(view.objective).label, cell: (run) => known(headlineValue(run), formatReading) },
    { label: 'Gap to training', cell: (run) => known(gapOf(run), (nats) => `${formatGap(nats)} nats`) },
    { label: 'Best step', cell: ({ best }) => known(best?.step, formatCount) },
    { label: 'Time', cell: (run) => known(timeOf(run), formatDuration) },
    { label: 'Energy', cell: (run) => known(energyOfRun(run, power), (energy) => `about ${wattHoursWords(energy)}`) },
    { label: 'Cost', cell: (run) => known(energyOfRun(run, power), costWords) },
  ];
}

/** Verdict, as on Train. */
function Judged({ view, isRunning }: { view: RunView; isRunning: boolean }) {
  const { tone, judgement, evidence } = judgementOf(view, isRunning);
  return (
    <div className={styles.judged}>
      <Verdict sign={tone} judgement={judgement}>
        {evidence}
      </Verdict>
    </div>
  );
}

const known = <T,>(value: T | undefined, format: (value: T) => string): string =>
  value === undefined ? '–' : format(value);

const columnsFor = (views: readonly RunView[]): Column<Row>[] => [
  { id: 'what', header: <span className={text.hidden}>Metric</span>, cell: ({ label }) => label },
  ...views.map((view): Column<Row> => ({
    id: view.id,
    header: (
      <span className={styles.end} title={view.name}>
        <Swatch run={view.hue} />
        <span className={text.clip}>{view.name}</span>
      </span>
    ),
    isNumber: true,
    cell: (row) => <span className={styles.reading}>{row.cell(view)}</span>,
  })),
];

/** Ancestors, the oldest first, with the settings that changed at each fork. */
function Kin({ view, all }: { view: RunView; all: readonly RunView[] }) {
  const line = ancestors(all, view.id);
  const gone = line[0]?.parent;
  return (
    <ol className={styles.kin} aria-label="Lineage of this run">
      {gone && (
        <li>
          <span>{formatCount(gone.step)}</span>
          <span>
            <b>{line[0]!.row.record.parent!.name}</b> {gone.how === 'import' ? 'imported from a file' : 'deleted'}
          </span>
        </li>
      )}
      {line.map((run, i) => {
        const above = line[i - 1];
        const changes = above && changeWords(above.made, run.made);
        return (
          <li key={run.id}>
            <span>{formatCount(run.parent?.step ?? 0)}</span>
            <span>
              <b>{run.name}</b> {beginning(run, changes)}
            </span>
          </li>
        );
      })}
    </ol>
  );
}

/** @param changes from its parent; undefined if that was deleted */
function beginning(run: RunView, changes: readonly string[] | undefined): string {
  const { record } = run.row;
  if (record.origin && (!run.parent || run.parent.how === 'import'))
    return `imported from ${record.origin.name}, ${formatMoment(record.origin.importedAt)}`;
  if (!run.parent) return `from scratch, seed ${formatCount(recipeOf(record).seed)}`;
  const how = changes && `, ${changes.length > 0 ? changes.join('; ') : 'same settings'}`;
  const moments = record.parent?.momentsAtZero ? '; from weights only, optimizer started fresh' : '';
  return `${HOW[run.parent.how]}${how ?? ''}${moments}`;
}
