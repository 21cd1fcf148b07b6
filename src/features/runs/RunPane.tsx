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
import { SavedSteps } from './SavedSteps';
import { RunActions } from './RunActions';
import { RunSamples } from './RunSamples';
import styles from './RunsPage.module.css';
import { formatGap, gapOf, judgementOf } from './verdict';
import { formatBits, energyOfRun, headlineValue, type RunView, timeOf } from './view';
import { settingDifferences, ORIGIN_WORDS, comparisonWords } from './words';

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
  const newestStep = (steps?.find(({ latest }) => latest) ?? steps?.at(-1))?.step;
  const [forkStep, setForkStep] = useState<number>();
  const other = baseline && baseline.id !== view.id ? baseline : undefined;
  const { note } = view.row.record;
  const rows = useRows(view, other);
  const { count, list } = other ? settingDifferences(other.made, view.made) : { count: '', list: '' };
  return (
    <Pane title={other ? `${view.name} against ${other.name}` : view.name} hint={formatMoment(view.createdAt)}>
      {other && (
        <Block>
          <p className={styles.words}>
            {count}
            {list !== '' && (
              <>
                , <b>{list}</b>
              </>
            )}
            . {comparisonWords(view, other)}
          </p>
        </Block>
      )}
      <RunVerdict view={view} isRunning={isRunning} />
      <Block>
        <RunActions
          view={view}
          onFork={() => setForkStep(newestStep)}
          canFork={newestStep !== undefined}
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
      <AncestorList view={view} all={all} />
      <SavedSteps view={view} steps={steps} onFork={setForkStep} />
      <RunSamples view={view} other={other} />
      {forkStep !== undefined && steps && (
        <ForkDialog view={view} steps={steps} from={forkStep} onClose={() => setForkStep(undefined)} />
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
    { label: 'Bits per byte', cell: ({ bits }) => formatOrDash(bits, formatBits) },
    { label: headlineOf(view.objective).label, cell: (run) => formatOrDash(headlineValue(run), formatReading) },
    { label: 'Gap to training', cell: (run) => formatOrDash(gapOf(run), (nats) => `${formatGap(nats)} nats`) },
    { label: 'Best step', cell: ({ best }) => formatOrDash(best?.step, formatCount) },
    { label: 'Time', cell: (run) => formatOrDash(timeOf(run), formatDuration) },
    {
      label: 'Energy',
      cell: (run) => formatOrDash(energyOfRun(run, power), (energy) => `about ${wattHoursWords(energy)}`),
    },
    { label: 'Cost', cell: (run) => formatOrDash(energyOfRun(run, power), costWords) },
  ];
}

/** Verdict on the run, as Train shows it. */
function RunVerdict({ view, isRunning }: { view: RunView; isRunning: boolean }) {
  const { tone, judgement, evidence } = judgementOf(view, isRunning);
  return (
    <div className={styles.judged}>
      <Verdict sign={tone} judgement={judgement}>
        {evidence}
      </Verdict>
    </div>
  );
}

const formatOrDash = <T,>(value: T | undefined, format: (value: T) => string): string =>
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
function AncestorList({ view, all }: { view: RunView; all: readonly RunView[] }) {
  const lineage = ancestors(all, view.id);
  const missingParent = lineage[0]?.parent;
  return (
    <ol className={styles.kin} aria-label="Lineage of this run">
      {missingParent && (
        <li>
          <span>{formatCount(missingParent.step)}</span>
          <span>
            <b>{lineage[0]!.row.record.parent!.name}</b>{' '}
            {missingParent.how === 'import' ? 'imported from a file' : 'deleted'}
          </span>
        </li>
      )}
      {lineage.map((run, i) => {
        const parentRun = lineage[i - 1];
        const changes = parentRun && changeWords(parentRun.made, run.made);
        return (
          <li key={run.id}>
            <span>{formatCount(run.parent?.step ?? 0)}</span>
            <span>
              <b>{run.name}</b> {originWords(run, changes)}
            </span>
          </li>
        );
      })}
    </ol>
  );
}

/** How a run started. @param changes from its parent; undefined if the parent was deleted */
function originWords(run: RunView, changes: readonly string[] | undefined): string {
  const { record } = run.row;
  if (record.origin && (!run.parent || run.parent.how === 'import'))
    return `imported from ${record.origin.name}, ${formatMoment(record.origin.importedAt)}`;
  if (!run.parent) return `from scratch, seed ${formatCount(recipeOf(record).seed)}`;
  const changeList = changes && `, ${changes.length > 0 ? changes.join('; ') : 'same settings'}`;
  const moments = record.parent?.momentsAtZero ? '; from weights only, optimizer started fresh' : '';
  return `${ORIGIN_WORDS[run.parent.how]}${changeList ?? ''}${moments}`;
}
