/**
 * Threads that share a heap. A job is a number of tasks; any free thread takes the next one, and the calling thread
 * helps. So a thread that starts late, sleeps or is gone only costs its help. No result depends on the thread.
 */
import { type Heap, heapOver } from './heap';
import { TASKS, type TaskName } from './tasks';

/** First message that a thread's script gets, for `help`. */
export interface Start {
  memory: WebAssembly.Memory;
  control: SharedArrayBuffer;
  /** Index from 1; the calling thread is 0. */
  thread: number;
}
/** Number of threads including the caller's, and how to start one: a worker whose script calls `help`. */
export interface Threading {
  count: number;
  /** @returns a function that ends the thread */
  start(start: Start): () => void;
}

export interface Threads {
  heap: Heap;
  /** Including the calling thread. */
  count: number;
  /** Number of threads that have started, including the calling one. */
  ready(): number;
  /**
   * Runs tasks 0 ... tasks - 1 of a kind, and returns when all are done. Numbers are 32 bits. `alone`: on this thread.
   * @throws WebAssembly.RuntimeError if another thread failed or ended with its task: the heap is unusable then
   */
  run(name: TaskName, numbers: readonly number[], tasks: number, alone?: boolean): void;
  end(): void;
}

/** Beyond this, steps of models that a CPU can train have too little work to share. */
export const MAX_THREADS = 16;

/** Maximum tasks offered at once: the task index shares a word with the job number. */
const MAX_TASKS = 4094;
const TASK_BITS = 12;
const NONE = 2 ** TASK_BITS - 1;
const MAX_NUMBERS = 32;

/** Indices in the control block. WORD: the job's number, then the index of its next task, counted from FIRST. */
const [WORD, TASKS_LEFT, TASK_COUNT, KIND, SLEEPING, READY, FAILED, FIRST, NUMBERS] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8,
] as const;
const CONTROL_BYTES = 4 * (NUMBERS + MAX_NUMBERS);

/** Number of polls before a thread sleeps: some tens of microseconds, about the cost of waking it. */
const MAX_POLLS = 3000;

/** Seconds without any finished task before a job fails, waited one by one: a sleeping machine uses up only one. */
const TIMEOUT_SECONDS = 60;

export function startThreads(memory: WebAssembly.Memory, { count, start }: Threading): Threads {
  // A page that isn't cross-origin isolated has no shared memory.
  const shared = count > 1 ? new SharedArrayBuffer(CONTROL_BYTES) : undefined;
  const control = new Int32Array(shared ?? new ArrayBuffer(CONTROL_BYTES));
  Atomics.store(control, WORD, NONE);
  const heap = heapOver(memory);
  const ends = shared
    ? Array.from({ length: count - 1 }, (_, i) => start({ memory, control: shared, thread: i + 1 }))
    : [];
  const taskNames = Object.keys(TASKS);
  let job = 0;

  function runShared(name: TaskName, numbers: readonly number[], first: number, tasks: number): void {
    const failure = (): Error => new WebAssembly.RuntimeError(`A worker thread for ${name} failed.`);
    if (Atomics.load(control, FAILED) > 0) throw failure();
    // No thread takes a task of the last job any more: all are done.
    Atomics.store(control, KIND, taskNames.indexOf(name));
    Atomics.store(control, FIRST, first);
    Atomics.store(control, TASK_COUNT, tasks);
    Atomics.store(control, TASKS_LEFT, tasks);
    numbers.forEach((value, i) => (control[NUMBERS + i] = value));
    job = (job + 1) | 0;
    Atomics.store(control, WORD, job << TASK_BITS);
    if (Atomics.load(control, SLEEPING) > 0) Atomics.notify(control, WORD);
    work(heap, control, 0);
    for (let poll = 0, seconds = 0; Atomics.load(control, TASKS_LEFT) > 0; poll++) {
      if (poll < MAX_POLLS) continue;
      const tasksLeft = Atomics.load(control, TASKS_LEFT);
      if (tasksLeft === 0) break;
      const hasTimedOut = Atomics.wait(control, TASKS_LEFT, tasksLeft, 1000) === 'timed-out';
      seconds = hasTimedOut && Atomics.load(control, TASKS_LEFT) === tasksLeft ? seconds + 1 : 0;
      if (seconds < TIMEOUT_SECONDS) continue;
      Atomics.store(control, FAILED, 1);
      break;
    }
    Atomics.store(control, WORD, (job << TASK_BITS) | NONE);
    if (Atomics.load(control, FAILED) > 0) throw failure();
  }

  return {
    heap,
    count,
    ready: () => 1 + Atomics.load(control, READY),
    run(name, numbers, tasks, alone = false) {
      if (alone || count === 1 || tasks === 1) {
        const encoded = Int32Array.from(numbers);
        for (let i = 0; i < tasks; i++) TASKS[name](heap, encoded, i, 0);
        return;
      }
      for (let first = 0; first < tasks; first += MAX_TASKS)
        runShared(name, numbers, first, Math.min(MAX_TASKS, tasks - first));
    },
    end() {
      for (const end of ends) end();
    },
  };
}

/** Runs tasks until the thread is ended. */
export function help({ memory, control: buffer, thread }: Start): never {
  const control = new Int32Array(buffer);
  const heap = heapOver(memory);
  Atomics.add(control, READY, 1);
  for (;;) {
    const lastWord = work(heap, control, thread);
    let poll = 0;
    while (poll < MAX_POLLS && Atomics.load(control, WORD) === lastWord) poll++;
    if (poll < MAX_POLLS) continue;
    Atomics.add(control, SLEEPING, 1);
    Atomics.wait(control, WORD, lastWord);
    Atomics.sub(control, SLEEPING, 1);
  }
}

const taskFunctions = Object.values(TASKS);

/** Runs tasks while there are any. @returns the word that showed that there are none */
function work(heap: Heap, control: Int32Array, thread: number): number {
  for (;;) {
    const word = Atomics.load(control, WORD);
    const task = word & NONE;
    if (task === NONE || task >= Atomics.load(control, TASK_COUNT)) return word;
    const kind = Atomics.load(control, KIND);
    const first = Atomics.load(control, FIRST);
    const numbers = control.slice(NUMBERS);
    // If the exchange succeeds, nothing has changed since: the word identifies job and task.
    if (Atomics.compareExchange(control, WORD, word, word + 1) !== word) continue;
    let isDone = false;
    try {
      taskFunctions[kind]!(heap, numbers, first + task, thread);
      isDone = true;
    } finally {
      if (!isDone) Atomics.store(control, FAILED, 1);
      if (Atomics.sub(control, TASKS_LEFT, 1) === 1) Atomics.notify(control, TASKS_LEFT);
    }
  }
}
