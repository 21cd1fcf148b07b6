/** Handlers of the data worker for labels of texts and decisions of classifiers. */
import { loaded } from '../core/base/load';
import { updateRun } from '../core/runs/record';
import type { DataContext, SomeDataHandlers } from './dataContext';

export function labelHandlers(context: DataContext) {
  const { store } = context;
  return {
    surveyLabels: (input, job) => context.reading(async () => (await loadLabels()).surveyed(await store, input, job)),
    labeledTexts: (input) => context.reading(async () => (await loadLabels()).labeledTexts(await store, input)),
    changeLabels: async ({ id, change }) => (await loadLabels()).changeLabels(await store, id, change),
    labeledIn: ({ texts }) => context.reading(async () => (await loadLabeledTables()).labeledIn(await store, texts)),
    importLabeled: ({ textId, ...settings }, job) =>
      context.reading(async () =>
        (await loadLabeledTables()).importLabeled(await store, textId, await context.owned(settings), job),
      ),
    importCorrection: ({ textId, name, text, label, ...settings }, job) =>
      context.reading(async () => {
        const correction = { ...(textId !== undefined && { textId }), name, text, label };
        const { importCorrection } = await loadLabeledTables();
        return importCorrection(await store, correction, await context.owned(settings), job);
      }),
    longTexts: async ({ runId }) => (await loadLabels()).longTextsOf(await store, runId),
    runLeaks: async ({ runId }, job) => (await loadLabels()).leaksOf(await store, runId, job),
    async decide({ runId, decision }) {
      await updateRun(await store, runId, (run) => ({ ...run, decision }));
      return null;
    },
  } satisfies SomeDataHandlers;
}

/** Loaded when labels are first used. */
const loadLabels = () => loaded('The label reader', import('../jobs/label'));
const loadLabeledTables = () => loaded('The label reader', import('../jobs/labeledTables'));
