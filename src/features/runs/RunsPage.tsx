import { startTransition, useCallback, useDeferredValue, useEffect, useMemo, useState } from 'react';
import { useLocation, useSearch } from 'wouter';
import { formatCount } from '../../core/base/units';
import { purposeOf } from '../../core/runs/tunes';
import { liveRuns } from '../../state/liveRuns';
import { useRunsShown, useStudio } from '../../state/react';
import { useNextStep } from '../../state/useNextStep';
import { Button, EmptyStage, MenuButton, NextButton, Pane, Panes, Stage, type StageTab, StageTabs } from '../../ui';
import { ExampleCurves } from '../../ui/charts';
import { AllRunsPane, type RunRows, useRunRows } from './AllRunsPane';
import { curveRows, tableRows } from './csv';
import { CurvesPane } from './CurvesPane';
import { LineagePane } from './LineagePane';
import { RunPane } from './RunPane';
import type { IsRunning } from './runTable';
import { useShownRuns } from './useShownRuns';
import { baselineOf, bestOf, comparable, formatBits, type RunView, viewOf } from './view';

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

function Runs({ views }: { views: readonly RunView[] }) {
  const renderedParts = useRenderedParts(3);
  const baselineId = useStudio((s) => s.project.baseline);
  const change = useStudio((s) => s.change);
  const isLineage = new URLSearchParams(useSearch()).get('view') === 'lineage';
  const [, go] = useLocation();
  const [chosenId, setChosenId] = useState<string>();
  const isRunning = useIsRunning();
  const baseline = baselineOf(views, baselineId);
  const table = useRunRows(views, isRunning);
  const { shown, isShown, setShown } = useShownRuns(views, baseline);
  const chosen = views.find(({ id }) => id === chosenId) ?? views[0];
  const setBaseline = ({ id }: RunView) => change({ baseline: id });
  const runPane =
    chosen &&
    (renderedParts > 2 ? (
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
  return (
    <Stage
      title="Runs"
      tabs={
        <StageTabs
          label="Parts of Runs"
          tabs={tabsFor(views.length)}
          current={isLineage ? 'lineage' : 'all'}
          onGo={({ id }) => go(id === 'all' ? '/runs' : '/runs?view=lineage')}
        />
      }
      summary={<Summary views={views} baseline={baseline} />}
      actions={<PageActions table={table} shown={shown} baseline={baseline} chosen={chosen} />}
    >
      {isLineage ? (
        <Panes columns="minmax(0, 1fr) 368px" narrowColumns="minmax(0, 1fr) 304px">
          <LineagePane views={views} chosen={chosen?.id} onChoose={setChosenId} />
          {runPane}
        </Panes>
      ) : (
        <Panes
          columns="minmax(0, 1fr) 368px"
          narrowColumns="minmax(0, 1fr) 304px"
          rows="minmax(300px, 5fr) minmax(220px, 4fr)"
        >
          {renderedParts > 1 ? (
            <CurvesPane all={views} shown={shown} baseline={baseline} />
          ) : (
            <Pane label="Curves">{null}</Pane>
          )}
          {runPane}
          <AllRunsPane
            table={table}
            baseline={baseline}
            isRunning={isRunning}
            isShown={isShown}
            onShow={setShown}
            onBaseline={setBaseline}
            chosen={chosen?.id}
            onChoose={({ id }) => setChosenId(id)}
          />
        </Panes>
      )}
    </Stage>
  );
}

/** Number of parts to render: one more after each paint, so that they don't form one long task. */
function useRenderedParts(parts: number): number {
  const [rendered, setRendered] = useState(1);
  useEffect(() => {
    if (rendered < parts) startTransition(() => setRendered(rendered + 1));
  }, [rendered, parts]);
  return rendered;
}

/** Returns a function that says whether a run is being trained, here or in another tab. */
function useIsRunning(): IsRunning {
  const trainingId = useStudio((s) => s.training?.runId);
  const isElsewhere = useStudio((s) => s.trainingElsewhere);
  return useCallback(
    ({ id, row }) => id === trainingId || (isElsewhere && row.record.status === 'running'),
    [trainingId, isElsewhere],
  );
}

const tabsFor = (runCount: number): readonly StageTab[] => [
  { id: 'all', href: '?', label: 'All runs', count: formatCount(runCount) },
  { id: 'lineage', href: '?view=lineage', label: 'Lineage' },
];

/** Downloads, a new run with the chosen run's settings, and the project's next step. */
function PageActions(p: {
  table: RunRows;
  shown: readonly RunView[];
  baseline: RunView | undefined;
  chosen: RunView | undefined;
}) {
  const { chosen } = p;
  const { rows, columns } = p.table;
  const draftFrom = useStudio((s) => s.draftFrom);
  const saveTable = useStudio((s) => s.saveTable);
  const [, go] = useLocation();
  const next = useNextStep('runs', go);
  const openDraft = ({ id, row }: RunView): void => {
    draftFrom(id);
    const purpose = purposeOf(row.record);
    go(purpose ? `/tune?kind=${purpose}` : '/model');
  };
  return (
    <>
      <MenuButton
        entries={[
          {
            id: 'runs',
            label: 'Table',
            hint: `${formatCount(rows.length)} ${rows.length === 1 ? 'run' : 'runs'}`,
          },
          { id: 'curves', label: 'Curves', hint: `${formatCount(p.shown.length)} shown` },
        ]}
        onChoose={(id) => saveTable(id, id === 'runs' ? tableRows(rows, columns, p.baseline) : curveRows(p.shown))}
      >
        Download CSV
      </MenuButton>
      {chosen && (
        <Button isDense icon="plus" label={`New run from ${chosen.name}…`} onPress={() => openDraft(chosen)}>
          New run…
        </Button>
      )}
      <NextButton step={next} isDense />
    </>
  );
}

/** Best of the comparable runs. */
function Summary({ views, baseline }: { views: readonly RunView[]; baseline: RunView | undefined }) {
  const comparableRuns = baseline ? comparable(views, baseline) : [];
  const best = bestOf(comparableRuns);
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
