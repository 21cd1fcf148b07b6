/** Scores checkpoints on sentence pairs and tasks, and compares two checkpoints. */
import type { Progress } from '../core/base/job';
import type { Task } from '../core/evaluate/tasks';
import type { EvaluationRecord, KeptComparison } from '../core/runs/evaluations';
import { formatCount } from '../core/base/units';
import { modelSpec } from '../core/models';
import { evaluatedAs } from '../core/objectives';
import type { ListsInput } from '../protocol/gpu';
import { askedOn, evaluatedStep, lookedAt, textRefusal, unmeasuredWords } from './evaluate';
import { modelOf, shownId, type ShownRuns } from './openRun';
import { IDLE, work, type Work } from './work';
import type { ListsSlice, ListName } from './slices/lists';
import type { SetState, Slice, SliceServices, Studio } from './slices/studio';

/** Stored list results of the shown checkpoint; undefined without any. */
export const shownLists = (s: ShownRuns & Pick<Studio, 'keptLists'>): EvaluationRecord | undefined =>
  listsOfRun(s).find(({ step }) => step === evaluatedStep(s));

/** List results of all checkpoints of the page's run. */
export const listsOfRun = ({
  keptLists,
  ...s
}: Pick<Studio, 'keptLists' | 'project' | 'shown'>): readonly EvaluationRecord[] =>
  keptLists?.runId === shownId(s, 'evaluate') ? keptLists.records : NO_RECORDS;
/** One object, so that a selector returns the same value each time. */
const NO_RECORDS: readonly EvaluationRecord[] = [];

/** List evaluation in progress, if it belongs to the page's run. */
export const shownAsking = (
  s: Pick<Studio, 'askingLists' | 'project' | 'shown' | 'underAsking'>,
  list: ListName,
): Work => (s.underAsking?.runId === shownId(s, 'evaluate') && s.underAsking.list === list ? s.askingLists : IDLE);

/** Why the page's model can't be evaluated on a list; undefined if it can. */
export function unaskable(s: ShownRuns, list: ListName): string | undefined {
  const model = modelOf(s, 'evaluate');
  if (!model) return undefined;
  const { objective, model: choice } = model.record;
  return evaluatedAs(objective, choice) === 'answers' && list !== 'tasks'
    ? 'This model answers an input, so it can’t compute the likelihood of a sentence'
    : undefined;
}

/** Why no list can be evaluated now; undefined if it can. */
export function askRefusal(s: ShownRuns & Pick<Studio, 'askingLists'>): string | undefined {
  const model = modelOf(s, 'evaluate');
  if (!model) return 'Train a model first';
  const reason = unmeasuredWords(model.record);
  if (reason !== undefined) return reason;
  return s.askingLists.kind === 'busy' ? 'Another list is being scored. Wait for it or cancel it' : undefined;
}

/** Comparison in progress, if it belongs to the page's run. */
export const shownComparing = (s: Pick<Studio, 'comparing' | 'project' | 'shown' | 'underComparison'>): Work =>
  s.underComparison === shownId(s, 'evaluate') ? s.comparing : IDLE;

/** Why the page's checkpoint can't be compared; undefined if it can. */
export function compareRefusal(
  s: ShownRuns & Pick<Studio, 'compareWith' | 'comparing' | 'evaluatedOn' | 'ownText'>,
): string | undefined {
  const model = modelOf(s, 'evaluate');
  if (!model) return 'Train a model first';
  const { objective, model: choice } = model.record;
  const reason = unmeasuredWords(model.record);
  if (reason !== undefined) return reason;
  const as = evaluatedAs(objective, choice);
  if (as === 'labels') return 'A classifier has no likelihood of a text to compare';
  if (as !== 'nextTokens')
    return `${modelSpec(choice.id).label} is not a causal model, so it has no likelihood to compare`;
  if (!s.compareWith) return 'Choose a checkpoint to compare with';
  const refusal = textRefusal(s, model.record);
  if (refusal !== undefined) return refusal;
  return s.comparing.kind === 'busy' ? 'Another comparison is running. Wait for it or cancel it there' : undefined;
}

/** Whether the comparison used another text than the current custom text. */
export const isOnOtherText = ({ ownText }: Pick<Studio, 'ownText'>, { part, textHash }: KeptComparison): boolean =>
  part === 'text' && ownText !== null && ownText.hash !== textHash;

type ListsNeeds = Pick<Studio, 'changeRun' | 'evaluatedOn' | 'lookAgain' | 'opened' | 'ownText' | 'project' | 'shown'>;
type ListsState = ListsSlice & ListsNeeds;

export const createListsSlice: Slice<ListsSlice, ListsNeeds> = (services) => (set, get) => ({
  ownPairs: {},
  ownTasks: [],
  readingTasks: IDLE,
  asksTasksAlways: false,
  keptLists: null,
  askingLists: IDLE,
  underAsking: null,
  compareWith: null,
  comparing: IDLE,
  underComparison: null,
  giveOwnPairs: (list, pairs) =>
    set(({ ownPairs: { [list]: _, ...otherLists } }) => ({
      ownPairs: { ...otherLists, ...(pairs && { [list]: pairs }) },
    })),
  giveTask: (task) =>
    set(({ ownTasks }) => ({ ownTasks: [...ownTasks.filter(({ name }) => name !== task.name), task] })),
  takeTask: (name) => set(({ ownTasks }) => ({ ownTasks: ownTasks.filter((task) => task.name !== name) })),
  askTasksAlways: (asksTasksAlways) => set({ asksTasksAlways }),
  ...listEvaluation(services, set, get),
  ...comparison(services, set, get),
});

/** Reads tasks, and evaluates lists on checkpoints. */
function listEvaluation(
  { gpu, data, now, tabs }: SliceServices,
  set: SetState<ListsState>,
  get: () => ListsState,
): Pick<ListsSlice, 'addTasks' | 'askLists' | 'followTasks' | 'loadLists'> {
  async function evaluate(
    runId: string,
    steps: readonly number[],
    list: ListName,
    lists: ListsInput['lists'],
  ): Promise<void> {
    set({ underAsking: { runId, list } });
    await work(
      (askingLists) => set({ askingLists }),
      now,
      async ({ signal, onProgress }) => {
        const hasStepLabel = steps.length > 1 || steps[0] !== evaluatedStep(get());
        for (const which of steps) {
          const report = (progress: Progress): void =>
            onProgress(
              hasStepLabel ? { ...progress, label: `Step ${formatCount(which)}: ${progress.label}` } : progress,
            );
          await gpu.call('lists', { runId, which, lists, now: now() }, { signal, onProgress: report });
          await get().loadLists();
        }
      },
    );
    tabs.announce();
  }
  return {
    async addTasks(files) {
      if (get().readingTasks.kind === 'busy') return;
      const tasks: Task[] = [];
      await work(
        (readingTasks) => set({ readingTasks }),
        now,
        async (options) => {
          const failures: unknown[] = [];
          for (const file of files) {
            options.signal.throwIfAborted();
            const read = data.call('readTask', { name: file.name, file }, options);
            const task = await read.catch((error: unknown) => void failures.push(error));
            if (task) tasks.push(task);
          }
          if (failures.length > 0) throw failures[0];
        },
      );
      for (const task of tasks) get().giveTask(task);
      for (const task of tasks) await get().askLists('tasks', { tasks: [task] }, 'shown');
    },
    async followTasks(runId, step) {
      const { asksTasksAlways, ownTasks, askingLists } = get();
      if (!asksTasksAlways || ownTasks.length === 0 || askingLists.kind === 'busy') return;
      await evaluate(runId, [step], 'tasks', { tasks: ownTasks });
    },
    async loadLists() {
      const runId = shownId(get(), 'evaluate');
      if (runId === null) return;
      const records = await data.call('keptLists', { runId }).catch(() => []); // reported with all unreadable records
      if (shownId(get(), 'evaluate') === runId) set({ keptLists: { runId, records } });
    },
    async askLists(list, lists, which) {
      const model = modelOf(get(), 'evaluate');
      const step = evaluatedStep(get());
      if (!model || step === undefined || askRefusal(get()) !== undefined) return;
      const savedSteps = [...new Set(model.steps.map((saved) => saved.step))].sort((a, b) => a - b);
      await evaluate(model.id, which === 'shown' ? [step] : savedSteps, list, lists);
    },
  };
}

/** Compares the checkpoint that the page shows with another one. */
function comparison(
  { gpu, now, tabs }: SliceServices,
  set: SetState<ListsState>,
  get: () => ListsState,
): Pick<ListsSlice, 'chooseCompareWith' | 'compareSteps'> {
  return {
    chooseCompareWith(compareWith) {
      const { comparing } = get();
      if (comparing.kind === 'busy') comparing.stop();
      set({ compareWith, ...(comparing.kind === 'failed' && { comparing: IDLE }) });
    },
    async compareSteps() {
      const step = evaluatedStep(get());
      const { compareWith } = get();
      const runId = shownId(get(), 'evaluate');
      if (runId === null || step === undefined || !compareWith || compareRefusal(get()) !== undefined) return;
      const { ownText } = get();
      set({ underComparison: runId });
      const record = await work(
        (comparing) => set({ comparing }),
        now,
        (options) => gpu.call('compare', { runId, which: step, compareWith, on: askedOn(get()), now: now() }, options),
      );
      if (!record) return;
      const [newest] = record.comparisons ?? [];
      if (newest?.part === 'text' && ownText && get().ownText === ownText)
        set({ ownText: { ...ownText, hash: newest.textHash } });
      if (newest?.look !== undefined) {
        get().changeRun(runId, lookedAt(newest.textHash, newest.look));
        // The other run may hold out this part too.
        if (get().opened[compareWith.runId]) await get().lookAgain(compareWith.runId);
      }
      tabs.announce();
      await get().loadLists();
    },
  };
}
