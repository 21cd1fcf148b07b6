import { useEffect } from 'react';
import { shownId, shownRun } from '../../state/openRun';
import { useStudio } from '../../state/react';
import { EmptyState, Panes } from '../../ui';
import { ComparePane } from './Compare';
import { PairsPane } from './MinimalPairs';
import { TasksPane } from './Tasks';

/** What is asked of a step besides: whether it is better than another, pairs of sentences, tasks of one's own. */
export function ListPanes() {
  const loadLists = useStudio((s) => s.loadLists);
  const runId = useStudio((s) => shownId(s, 'evaluate'));
  const isClassifier = useStudio((s) => shownRun(s, 'evaluate').record?.model.config.classes !== undefined);
  useEffect(() => void loadLists(), [loadLists, runId]);
  if (isClassifier)
    return (
      <EmptyState>
        Pairs, tasks and comparisons are of how likely a model finds text. A classifier scores labels of whole texts:
        its runs are held beside each other on Runs
      </EmptyState>
    );
  return (
    <Panes columns="minmax(0, 1fr) minmax(0, 1fr) minmax(0, 1fr)">
      <PairsPane />
      <TasksPane />
      <ComparePane />
    </Panes>
  );
}
