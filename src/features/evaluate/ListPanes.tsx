import { useEffect } from 'react';
import { shownId } from '../../state/openRun';
import { useStudio } from '../../state/react';
import { Panes } from '../../ui';
import { ComparePane } from './Compare';
import { PairsPane } from './MinimalPairs';
import { TasksPane } from './Tasks';

/** What is asked of a step besides: whether it is better than another, pairs of sentences, tasks of one's own. */
export function ListPanes() {
  const loadLists = useStudio((s) => s.loadLists);
  const runId = useStudio((s) => shownId(s, 'evaluate'));
  useEffect(() => void loadLists(), [loadLists, runId]);
  return (
    <Panes columns="minmax(0, 1fr) minmax(0, 1fr) minmax(0, 1fr)">
      <PairsPane />
      <TasksPane />
      <ComparePane />
    </Panes>
  );
}
