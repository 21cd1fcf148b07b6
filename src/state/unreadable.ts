/** Unreadable records: reported, never changed, and exported raw. */
import { toFailure } from '../core/base/errors';
import { formatCount } from '../core/base/units';
import type { SavedStep } from '../protocol/data';
import { explain } from './failures';
import { asSaved, NO_RUN } from './openRun';
import { IDLE, work } from './work';
import type { UnreadableSlice } from './slices/unreadable';
import type { Slice, Studio } from './slices/studio';

export const createUnreadableSlice: Slice<
  UnreadableSlice,
  Pick<Studio, 'changeRun' | 'listSaved' | 'opened' | 'project'>
> = ({ data, now, download, toasts }) => {
  const reported = new Set<string>();
  return (set, get) => ({
    unreadable: [],
    takingRaw: IDLE,
    async listUnreadable() {
      const unreadable = await data.call('listUnreadable', { runId: get().project.runId });
      set({ unreadable });
    },
    async takeRaw(key) {
      const raw = await work(
        (takingRaw) => set({ takingRaw }),
        now,
        (options) => data.call('exportRaw', { key }, options),
      );
      if (raw) download(raw.file, raw.name);
    },
    tellDamaged(runId, damaged, resumedFrom) {
      const { steps, usable } = get().opened[runId] ?? NO_RUN;
      const newest = resumedFrom === undefined ? steps.find(({ latest }) => latest) : { step: resumedFrom };
      const best = steps.find((step) => step.best);
      const newerDamaged = damaged.filter(({ step }) => step > (newest?.step ?? -1));
      const unreported = newerDamaged.filter(({ step }) => !reported.has(`${runId} ${step}`));
      if (unreported.length === 0) return;
      for (const { step } of unreported) reported.add(`${runId} ${step}`);
      const lostSteps = unreported.map(({ step }) => formatCount(step)).join(', ');
      toasts.show({
        text: unreported.length === 1 ? `Step ${lostSteps} can’t be opened` : `Steps ${lostSteps} can’t be opened`,
        detail: `${unreported[0]!.reason}. ${insteadOf(newest, best)}`,
      });
      if (newerDamaged.some(({ step }) => step === usable?.step)) get().changeRun(runId, asSaved);
      get()
        .listUnreadable()
        .catch(() => undefined); // a toast has reported it
    },
    async lookAgain(runId, resumedFrom) {
      await get()
        .listSaved(runId, resumedFrom)
        .catch((error: unknown) =>
          toasts.show({ text: 'The saved steps couldn’t be listed', detail: explain(toFailure(error)) }),
        );
    },
  });
};

function insteadOf(newest: Pick<SavedStep, 'step'> | undefined, best: SavedStep | undefined): string {
  if (newest) return `Step ${formatCount(newest.step)} is used instead`;
  return best
    ? `Step ${formatCount(best.step)}, the best, is used instead. It has no optimizer state, so training can’t resume from it`
    : 'No other step of this run is saved';
}
