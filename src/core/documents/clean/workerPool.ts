/** Threads that clean documents in parallel; results keep the order of the documents. */
import { ruleOf } from './rules';
import { type StartedStep, type DocumentTask, type Step, type TaskResult, runSteps } from './steps';

/** Documents and the rules to apply to each; plain values, which are copied to another thread. */
export interface CleaningTask {
  /** Rules that don't compare documents. */
  steps: readonly Pick<Step, 'rule' | 'settings'>[];
  documents: readonly DocumentTask[];
}
/** Cleans the documents of a task, in this thread or another. */
export type Cleaner = (task: CleaningTask) => Promise<readonly TaskResult[]>;

/** Threads that clean while a recipe is applied. */
export interface Cleaners {
  cleaners: readonly Cleaner[];
  end(): void | Promise<void>;
}
/** Starts threads; none for a short text. @param bytes of the text, in UTF-8 */
export type StartCleaners = (bytes: number) => Cleaners | Promise<Cleaners>;
export const noCleaners: StartCleaners = () => ({ cleaners: [], end: () => undefined });

/**
 * Number of threads for a text; 0 if there is one core or too little text.
 * @param minBytes UTF-8 bytes from which threads pay off
 */
export const cleanerCount = (bytes: number, cores: number, minBytes: number): number =>
  bytes < minBytes || cores < 2 ? 0 : Math.min(cores, MAX_CLEANERS);
const MAX_CLEANERS = 8;

/** Returns a cleaner in this thread. It loads what rules need once. */
export function cleaner(): Cleaner {
  let started: { key: string; steps: Promise<readonly StartedStep[]> } | undefined;
  return async ({ steps, documents }) => {
    const key = JSON.stringify(steps);
    if (started?.key !== key) started = { key, steps: Promise.all(steps.map(startStep)) };
    const startedSteps = await started.steps;
    return documents.map((document) => runSteps(startedSteps, document));
  };
}
const startStep = async ({ rule, settings }: CleaningTask['steps'][number]): Promise<StartedStep> => ({
  rule,
  startedRule: await ruleOf(rule).start(settings as never),
});

/** Distributes tasks over cleaners. */
export class WorkerPool {
  private nextCleaner = 0;
  constructor(
    private readonly cleaners: readonly Cleaner[],
    private readonly signal: AbortSignal,
  ) {}

  get isEmpty(): boolean {
    return this.cleaners.length === 0;
  }

  /** Gives the task to the next cleaner. */
  run(task: CleaningTask): Promise<readonly TaskResult[]> {
    return this.cleaners[this.nextCleaner++ % this.cleaners.length]!(task);
  }

  /**
   * Maps items in their order, with two tasks per cleaner in progress, so that none idles.
   * @throws the signal's reason once it aborts, without waiting for tasks in progress
   */
  async *inOrder<T, R>(items: AsyncIterable<T>, map: (item: T) => Promise<R>): AsyncGenerator<R> {
    const running: Promise<R>[] = [];
    for await (const item of items) {
      const result = map(item);
      // A failure is thrown at the item's turn.
      result.catch(() => undefined);
      running.push(result);
      if (running.length > 2 * this.cleaners.length) yield await untilStopped(running.shift()!, this.signal);
    }
    for (const result of running) yield await untilStopped(result, this.signal);
  }
}

/** Rejects once the signal aborts, and removes its listener; `Promise.race` would leave one per promise. */
function untilStopped<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const rejectAborted = (): void => {
      const reason = signal.reason as Error;
      reject(reason);
    };
    if (signal.aborted) rejectAborted();
    signal.addEventListener('abort', rejectAborted);
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', rejectAborted));
  });
}
