/** Pairs of sentences and tasks that saved steps are asked, and a step compared with another. */
import type { SentencePair } from '../core/evaluate/minimalPairs';
import type { Task } from '../core/evaluate/tasks';
import type { EvaluationRecord } from '../core/runs/evaluations';
import type { WhichSnapshot } from '../core/checkpoint/snapshot';
import { formatCount } from '../core/base/units';
import type { Compared, EvaluationInput, ListsInput } from '../protocol/gpu';
import { evaluatedStep, evaluationOf } from './evaluate';
import { modelOf, shownId } from './openRun';
import type { Slice, Studio } from './studio';
import { IDLE, work, type Work } from './work';

export type ListName = 'minimalPairs' | 'swaps' | 'tasks';
export interface OwnPairs {
  name: string;
  pairs: readonly SentencePair[];
}

export interface ListsSlice {
  /** Those of a person's own, in this session. */
  ownPairs: Partial<Record<'minimalPairs' | 'swaps', OwnPairs>>;
  ownTasks: readonly Task[];
  /** What is kept of a run's steps, oldest first. */
  keptLists: { runId: string; records: readonly EvaluationRecord[] } | null;
  askingLists: Work;
  underAsking: { runId: string; list: ListName } | null;
  /** What the page's step is compared with. */
  compareWith: { runId: string; which: WhichSnapshot } | null;
  /** `of`: what was compared with what. */
  compared: { of: string; found: Compared } | null;
  comparing: Work;
  giveOwnPairs(list: 'minimalPairs' | 'swaps', own: OwnPairs | undefined): void;
  giveTask(task: Task): void;
  loadLists(): Promise<void>;
  /** Asks the step that the page shows, or all that are kept. */
  askLists(list: ListName, lists: ListsInput['lists'], steps: 'shown' | 'all'): Promise<void>;
  chooseCompareWith(other: ListsSlice['compareWith']): void;
  compareSteps(): Promise<void>;
}

/** What is kept of the step that the page shows; undefined where it was not asked. */
export const shownLists = (s: Studio): EvaluationRecord | undefined =>
  listsOfRun(s).find(({ step }) => step === evaluatedStep(s));

/** Of all steps of the run that the page shows. */
export const listsOfRun = ({ keptLists, ...s }: Studio): readonly EvaluationRecord[] =>
  keptLists?.runId === shownId(s, 'evaluate') ? keptLists.records : NONE;
const NONE: readonly EvaluationRecord[] = [];

/** The asking of a list, where it is of the page's run. */
export const shownAsking = (s: Studio, list: ListName): Work =>
  s.underAsking?.runId === shownId(s, 'evaluate') && s.underAsking.list === list ? s.askingLists : IDLE;

/** Why nothing can be asked; undefined where it can. */
export function askRefusal(s: Studio): string | undefined {
  if (!modelOf(s, 'evaluate')) return 'There is no model yet';
  return s.askingLists.kind === 'busy' ? 'Another list is being asked: wait for it, or cancel it' : undefined;
}

/** Names what is compared with what. */
export const comparisonOf = (s: Studio): string =>
  [evaluationOf(s), s.compareWith?.runId, s.compareWith?.which].join(' ');

export const createListsSlice: Slice<ListsSlice> =
  ({ gpu, data, now, tabs }) =>
  (set, get) => ({
    ownPairs: {},
    ownTasks: [],
    keptLists: null,
    askingLists: IDLE,
    underAsking: null,
    compareWith: null,
    compared: null,
    comparing: IDLE,
    giveOwnPairs: (list, own) =>
      set(({ ownPairs: { [list]: _, ...others } }) => ({ ownPairs: { ...others, ...(own && { [list]: own }) } })),
    giveTask: (task) =>
      set(({ ownTasks }) => ({ ownTasks: [...ownTasks.filter(({ name }) => name !== task.name), task] })),
    async loadLists() {
      const runId = shownId(get(), 'evaluate');
      if (runId === null) return;
      const records = await data.call('keptLists', { runId }).catch(() => []); // told where what cannot be read is
      if (shownId(get(), 'evaluate') === runId) set({ keptLists: { runId, records } });
    },
    async askLists(list, lists, steps) {
      const model = modelOf(get(), 'evaluate');
      const step = evaluatedStep(get());
      if (!model || step === undefined || askRefusal(get()) !== undefined) return;
      const runId = model.id;
      const all = steps === 'shown' ? [step] : [...new Set(model.steps.map((each) => each.step))].sort((a, b) => a - b);
      set({ underAsking: { runId, list } });
      await work(
        (askingLists) => set({ askingLists }),
        now,
        async ({ signal, onProgress }) => {
          for (const which of all) {
            await gpu.call(
              'lists',
              { runId, which, lists, now: now() },
              {
                signal,
                onProgress: (told) =>
                  onProgress(all.length > 1 ? { ...told, label: `Step ${formatCount(which)}: ${told.label}` } : told),
              },
            );
            await get().loadLists();
          }
        },
      );
      tabs.announce();
    },
    chooseCompareWith: (compareWith) => set({ compareWith, comparing: IDLE }),
    async compareSteps() {
      const { compareWith, evaluatedOn, ownText, comparing } = get();
      const runId = shownId(get(), 'evaluate');
      const step = evaluatedStep(get());
      if (runId === null || step === undefined || !compareWith || comparing.kind === 'busy') return;
      if (evaluatedOn === 'text' && !ownText) return;
      const on: EvaluationInput['on'] =
        evaluatedOn === 'text' ? { name: ownText!.name, text: ownText!.text } : { part: evaluatedOn };
      const of = comparisonOf(get());
      const found = await work(
        (comparing) => set({ comparing }),
        now,
        (options) => gpu.call('compare', { runId, which: step, beside: compareWith, on }, options),
      );
      if (found) set({ compared: { of, found } });
    },
  });
