/** Others who clean along, so that each core has work: what they give is put together in the order of what they got. */
import { ruleOf } from './rules';
import { type AtWork, type Held, type Step, type Through, throughSteps } from './steps';

/** Plain values: it goes to another worker and back. */
export interface Task {
  /** None of them looks across documents. */
  steps: readonly Pick<Step, 'rule' | 'settings'>[];
  documents: readonly Held[];
}
export type Helper = (task: Task) => Promise<readonly Through[]>;

/** Those who are there while a text is cleaned, and what ends them. */
export interface Help {
  helpers: readonly Helper[];
  end(): void | Promise<void>;
}
/** @param bytes of the text, in UTF-8: for a short one nobody is begun */
export type BeginHelp = (bytes: number) => Help | Promise<Help>;
export const alone: BeginHelp = () => ({ helpers: [], end: () => undefined });

/** One who helps. What rules load is loaded once. */
export function helper(): Helper {
  let started: { of: string; steps: Promise<readonly AtWork[]> } | undefined;
  return async ({ steps, documents }) => {
    const of = JSON.stringify(steps);
    if (started?.of !== of) started = { of, steps: Promise.all(steps.map(atWork)) };
    const at = await started.steps;
    return documents.map((document) => throughSteps(at, document));
  };
}
const atWork = async ({ rule, settings }: Task['steps'][number]): Promise<AtWork> => ({
  rule,
  working: await ruleOf(rule).start(settings as never),
});

export class Helpers {
  private tasks = 0;
  constructor(
    private readonly all: readonly Helper[],
    private readonly signal: AbortSignal,
  ) {}

  get areThere(): boolean {
    return this.all.length > 0;
  }

  /** One after the other gets a task. */
  do(task: Task): Promise<readonly Through[]> {
    return this.all[this.tasks++ % this.all.length]!(task);
  }

  /**
   * What becomes of each, in their order; of so many at the same time that nobody waits for work.
   * @throws the signal's reason when stopped, whoever still works
   */
  async *inOrder<T, R>(items: AsyncIterable<T>, become: (item: T) => Promise<R>): AsyncGenerator<R> {
    const begun: Promise<R>[] = [];
    for await (const item of items) {
      const next = become(item);
      // Who waits for those before it is told of their failure.
      next.catch(() => undefined);
      begun.push(next);
      if (begun.length > 2 * this.all.length) yield await untilStopped(begun.shift()!, this.signal);
    }
    for (const next of begun) yield await untilStopped(next, this.signal);
  }
}

/** Nothing of it stays with the signal: a race of the two would. */
function untilStopped<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      const reason = signal.reason as Error;
      reject(reason);
    };
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop);
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
