/** Minimal pairs, swaps and tasks for evaluating a model. */
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
  /** The user's own pairs, in this session. */
  ownPairs: Partial<Record<'minimalPairs' | 'swaps', OwnPairs>>;
  ownTasks: readonly Task[];
  /** Import of task tables in progress. */
  readingTasks: Work;
  /** Whether tasks run at each evaluation, and at each save of the run that trains here. */
  asksTasksAlways: boolean;
  /** Stored list results of a run's checkpoints, oldest first. */
  keptLists: { runId: string; records: readonly EvaluationRecord[] } | null;
  askingLists: Work;
  /** Target of `askingLists`. */
  underAsking: { runId: string; list: ListName } | null;
  /** Checkpoint that the page's one is compared with next. */
  compareWith: { runId: string; which: WhichSnapshot } | null;
  comparing: Work;
  /** Run that `comparing` belongs to. */
  underComparison: string | null;
  giveOwnPairs(list: 'minimalPairs' | 'swaps', pairs: OwnPairs | undefined): void;
  giveTask(task: Task): void;
  /** Reads tables as tasks, and evaluates each on the page's checkpoint. An unreadable table affects no other. */
  addTasks(files: readonly File[]): Promise<void>;
  /** Removes a task; its results stay. */
  takeTask(name: string): void;
  askTasksAlways(isOn: boolean): void;
  /** Evaluates tasks on a new evaluated or saved checkpoint, if that is on and no list is being evaluated. */
  followTasks(runId: string, step: number): Promise<void>;
  loadLists(): Promise<void>;
  /** Evaluates lists on the shown checkpoint, or on all kept ones. */
  askLists(list: ListName, lists: ListsInput['lists'], steps: 'shown' | 'all'): Promise<void>;
  chooseCompareWith(other: ListsSlice['compareWith']): void;
  compareSteps(): Promise<void>;
}
