import { startTransition, useCallback, useDeferredValue, useEffect, useMemo, useState } from 'react';
import { useLocation, useSearch } from 'wouter';
import { counted, formatCount } from '../../core/base/units';
import { purposeOf } from '../../core/runs/tunes';
import { liveRuns } from '../../state/liveRuns';
import { useRunsShown, useStudio } from '../../state/react';
import { useNextStep } from '../../state/useNextStep';
import {
  Button,
  cx,
  EmptyStage,
  MenuButton,
  NextButton,
  Pane,
  Panes,
  scroll,
  SearchField,
  Stage,
  type StageTab,
  StageTabs,
} from '../../ui';
import { ExampleCurves } from '../../ui/charts';
import { curveRows, tableRows } from './csv';
import { CurvesPane } from './CurvesPane';
import { LineagePane } from './LineagePane';
import { RunPane } from './RunPane';
import styles from './RunsPage.module.css';
import { RunsTable } from './RunsTable';
import { columnsOf, filterRuns, type Sort, sortRuns, toggleSort } from './runTable';
import { baselineOf, bestOf, comparable, formatBits, type RunView, viewOf } from './view';

/** Maximum number of distinguishable curves. */
const SHOWN = 8;

/** All runs of the project: scores, settings that differ, and lineage. */
export function RunsPage() {
  useRunsShown();
  const listed = useStudio(liveRuns);
  // Renders the head at once, and defers the content, which many runs make slow.
  const runs = useDeferredValue(listed, null);
  const views = useMemo(() => runs?.map(viewOf), [runs]);
  if (!views) return <Stage title="Runs">{null}</Stage>;
  return views.length === 0 ? <Empty /> : <Runs views={views} />;
}

/** Number of parts to render: one more after each paint, so that they don't form one long task. */
function useDrawn(parts: number): number {
  const [drawn, setDrawn] = useState(1);
  useEffect(() => {
    if (drawn < parts) startTransition(() => setDrawn(drawn + 1));
  }, [drawn, parts]);
  return drawn;
}
function Runs({ views }: { views: readonly RunView[] }) {
  const drawn = useDrawn(3);
  const baselineId = useStudio((s) => s.project.baseline);
  const change = useStudio((s) => s.change);
  const draftFrom = useStudio((s) => s.draftFrom);
  const saveTable = useStudio((s) => s.saveTable);
  const isTree = new URLSearchParams(useSearch()).get('view') === 'lineage';
  const [, go] = useLocation();
  const next = useNextStep('runs', go);
  const [chosenId, setChosen] = useState<string>();
  const [overrides, setOverrides] = useState<Readonly<Record<string, boolean>>>({});
  const [filter, setFilter] = useState('');
  const [sort, setSort] = useState<Sort>({ column: 'bits', order: 'ascending' });
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());

  const trainingId = useStudio((s) => s.training?.runId);
  const isElsewhere = useStudio((s) => s.trainingElsewhere);
  const isRunning = useCallback(
    ({ id, row }: RunView) => id === trainingId || (isElsewhere && row.record.status === 'running'),
    [trainingId, isElsewhere],
  );
  const { columns, sameCount } = useMemo(() => columnsOf(views, isRunning), [views, isRunning]);
  const baseline = baselineOf(views, baselineId);
  const rows = useMemo(
    () => sortRuns(filterRuns(views, filter, columns), sort, columns),
    [views, filter, sort, columns],
  );
  const first = useMemo(() => firstShown(views, baseline), [views, baseline]);
  const isShown = ({ id }: RunView): boolean => overrides[id] ?? first.has(id);
  const shown = useMemo(
    () => views.filter(({ id }) => overrides[id] ?? first.has(id)).toReversed(),
    [views, overrides, first],
  );
  const chosen = views.find(({ id }) => id === chosenId) ?? views[0];
  const begin = ({ id, row }: RunView): void => {
    draftFrom(id);
    const purpose = purposeOf(row.record);
    go(purpose ? `/tune?kind=${purpose}` : '/model');
  };
  const setBaseline = ({ id }: RunView) => change({ baseline: id });
  const pane =
    chosen &&
    (drawn > 2 ? (
      <RunPane
        key={chosen.id}
        view={chosen}
        baseline={baseline}
        all={views}
        isRunning={isRunning(chosen)}
        onBaseline={() => setBaseline(chosen)}
      />
    ) : (
      <Pane title={chosen.name}>{null}</Pane>
    ));
  const tabs: readonly StageTab[] = [
    { id: 'all', href: '?', label: 'All runs', count: formatCount(views.length) },
    { id: 'lineage', href: '?view=lineage', label: 'Lineage' },
  ];
  return (
    <Stage
      title="Runs"
      tabs={
        <StageTabs
          label="Parts of Runs"
          tabs={tabs}
          current={isTree ? 'lineage' : 'all'}
          onGo={({ id }) => go(id === 'all' ? '/runs' : '/runs?view=lineage')}
        />
      }
      summary={<Summary views={views} baseline={baseline} />}
      actions={
        <>
          <MenuButton
            entries={[
              {
                id: 'runs',
                label: 'Table',
                hint: `${formatCount(rows.length)} ${rows.length === 1 ? 'run' : 'runs'}`,
              },
              { id: 'curves', label: 'Curves', hint: `${formatCount(shown.length)} shown` },
            ]}
            onChoose={(id) => saveTable(id, id === 'runs' ? tableRows(rows, columns, baseline) : curveRows(shown))}
          >
            Download CSV
          </MenuButton>
          {chosen && (
            <Button isDense icon="plus" label={`New run from ${chosen.name}…`} onPress={() => begin(chosen)}>
              New run…
            </Button>
          )}
          <NextButton step={next} isDense />
        </>
      }
    >
      {isTree ? (
        <Panes columns="minmax(0, 1fr) 368px" narrowColumns="minmax(0, 1fr) 304px">
          <LineagePane views={views} chosen={chosen?.id} onChoose={setChosen} />
          {pane}
        </Panes>
      ) : (
        <Panes
          columns="minmax(0, 1fr) 368px"
          narrowColumns="minmax(0, 1fr) 304px"
          rows="minmax(300px, 5fr) minmax(220px, 4fr)"
        >
          {drawn > 1 ? <CurvesPane all={views} shown={shown} against={baseline} /> : <Pane label="Curves">{null}</Pane>}
          {pane}
          <Pane
            title="All runs"
            hint={sameCount > 0 && `${counted(sameCount, 'shared setting')} hidden`}
            isWide
            aside={
              <>
                <span className={styles.filter}>
                  <SearchField label="Filter runs" placeholder="Filter" value={filter} onChange={setFilter} />
                </span>
                <MenuButton
                  variant="quiet"
                  isMany
                  entries={columns.map(({ id, label }) => ({ id, label, isChosen: !hidden.has(id) }))}
                  onChoose={(id) => setHidden(toggled(hidden, id))}
                >
                  Columns
                </MenuButton>
              </>
            }
          >
            <div className={cx(scroll.sideways, styles.scroller)} tabIndex={0} role="group" aria-label="Table of runs">
              <RunsTable
                views={rows}
                columns={columns.filter(({ id }) => !hidden.has(id))}
                baseline={baseline}
                isRunning={isRunning}
                isShown={isShown}
                onShow={({ id }, isOn) => setOverrides({ ...overrides, [id]: isOn })}
                onBaseline={setBaseline}
                chosen={chosen?.id}
                onChoose={({ id }) => setChosen(id)}
                sort={sort}
                onSort={(column) => setSort(toggleSort(sort, column))}
              />
              {rows.length === 0 && <p className={styles.none}>No run matches</p>}
            </div>
          </Pane>
        </Panes>
      )}
    </Stage>
  );
}

function toggled(hidden: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(hidden);
  if (!next.delete(id)) next.add(id);
  return next;
}

/** Initially shown runs: the baseline, and the best of the runs comparable with it, or of all if it has no score. */
function firstShown(views: readonly RunView[], baseline: RunView | undefined): ReadonlySet<string> {
  const others = views
    .filter(({ id, heldOut }) => id !== baseline?.id && (baseline?.bits === undefined || heldOut === baseline.heldOut))
    .toSorted((a, b) => (a.bits ?? Infinity) - (b.bits ?? Infinity) || b.createdAt - a.createdAt);
  return new Set([...(baseline ? [baseline] : []), ...others].slice(0, SHOWN).map(({ id }) => id));
}

/** Best of the comparable runs. */
function Summary({ views, baseline }: { views: readonly RunView[]; baseline: RunView | undefined }) {
  const alike = baseline ? comparable(views, baseline) : [];
  const best = bestOf(alike);
  if (!best) return 'Compare runs and their settings';
  return (
    <>
      Best: <b>{best.name}</b>, <b>{formatBits(best.bits!)}</b> bits per byte
    </>
  );
}

function Empty() {
  const [, go] = useLocation();
  const next = useNextStep('runs', go);
  return (
    <Stage title="Runs" summary="Compare runs and their settings">
      <EmptyStage figure={<ExampleCurves />} action={<NextButton step={next} />}>
        Compare runs and see which settings helped
      </EmptyStage>
    </Stage>
  );
}
