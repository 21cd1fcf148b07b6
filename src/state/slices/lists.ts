/** Minimal pairs, swaps and tasks that a model is asked. */
import type { WhichSnapshot } from '../../core/checkpoint/snapshot';
import type { SentencePair } from '../../core/evaluate/minimalPairs';
import type { Task } from '../../core/evaluate/tasks';
import type { EvaluationRecord } from '../../core/runs/evaluations';
import type { ListsInput } from '../../protocol/gpu';
import type { Work } from '../work';

export type ListName = 'minimalPairs' | 'swaps' | 'tasks';

export interface OwnPairs {
  name: string;
  pairs: readonly SentencePair[];
}

export interface ListsSlice {
  /** Those of a person's own, in this session. */
  ownPairs: Partial<Record<'minimalPairs' | 'swaps', OwnPairs>>;
  ownTasks: readonly Task[];
  /** Reading tables of tasks. */
  readingTasks: Work;
  /** They are asked at each measurement of a step, and whenever the run that trains here saves one. */
  asksTasksAlways: boolean;
  /** What is kept of a run's steps, oldest first. */
  keptLists: { runId: string; records: readonly EvaluationRecord[] } | null;
  askingLists: Work;
  underAsking: { runId: string; list: ListName } | null;
  /** What the page's step is compared with next. */
  compareWith: { runId: string; which: WhichSnapshot } | null;
  comparing: Work;
  /** The run that `comparing` is of. */
  underComparison: string | null;
  giveOwnPairs(list: 'minimalPairs' | 'swaps', own: OwnPairs | undefined): void;
  giveTask(task: Task): void;
  /** Reads tables as tasks, and asks the page's step each. A table that can't be read costs none of the others. */
  addTasks(files: readonly File[]): Promise<void>;
  /** Does not ask it any more; what it found stays. */
  takeTask(name: string): void;
  askTasksAlways(isOn: boolean): void;
  /** Asks the tasks of a step that was just measured or saved, where they are asked always and nothing else is being asked. */
  followTasks(runId: string, step: number): Promise<void>;
  loadLists(): Promise<void>;
  /** Asks the step that the page shows, or all that are kept. */
  askLists(list: ListName, lists: ListsInput['lists'], steps: 'shown' | 'all'): Promise<void>;
  chooseCompareWith(other: ListsSlice['compareWith']): void;
  compareSteps(): Promise<void>;
}
