import { useEffect } from 'react';
import { shownId, shownRun } from '../../state/openRun';
import { useStudio } from '../../state/react';
import { EmptyState, Panes } from '../../ui';
import { ComparePane } from './Compare';
import { PairsPane } from './MinimalPairs';
import { TasksPane } from './Tasks';

/** Sentence pairs, tasks, and comparison with another checkpoint. */
export function ListPanes() {
  const loadLists = useStudio((s) => s.loadLists);
  const runId = useStudio((s) => shownId(s, 'evaluate'));
  const isClassifier = useStudio((s) => shownRun(s, 'evaluate').record?.model.config.classes !== undefined);
  useEffect(() => void loadLists(), [loadLists, runId]);
  if (isClassifier)
    return <EmptyState>A classifier has no pairs, tasks or comparisons. Compare its runs on Runs</EmptyState>;
  return (
    <Panes columns="minmax(0, 1fr) minmax(0, 1fr) minmax(0, 1fr)">
      <PairsPane />
      <TasksPane />
      <ComparePane />
    </Panes>
  );
}
