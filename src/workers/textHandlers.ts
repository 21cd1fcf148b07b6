/** Handlers of the data worker that list, show, clean and remove texts. */
import { loaded } from '../core/base/load';
import { readAll } from '../core/base/record';
import {
  addToProject,
  leaveOut,
  listDocuments,
  listTexts,
  previewDocument,
  purgeText,
  removeText,
  setLicence,
  textOf,
} from '../core/documents';
import { nameOfTexts } from '../core/documents/suggestedName';
import { trainingExcerpt } from '../core/documents/trainingExcerpt';
import { longestCopied } from '../core/evaluate/copied';
import { ownerOf } from '../core/runs/projects';
import { listRuns } from '../core/runs/record';
import { mergeUses, usesOf } from '../core/runs/textUses';
import { openTexts } from '../jobs/buildData';
import type { DataContext, SomeDataHandlers } from './dataContext';

export function textHandlers(context: DataContext) {
  const { store } = context;
  return {
    async listTexts({ projectId }) {
      await context.swept.catch(() => undefined); // the next start deletes the rest
      return listTexts(await store, projectId);
    },
    documents: async ({ textId, ...page }) => listDocuments(await store, textId, page),
    preview: async ({ id, place, characters }) => previewDocument(await store, id, place, characters),
    copied: ({ written, texts }, { signal }) =>
      context.reading(async () => longestCopied(written, (await openTexts(await store, texts)).documents, { signal })),
    trainingExcerpt: async ({ id, nth, characters }) => trainingExcerpt(await store, id, nth, characters),
    leaveOut: async ({ textId, places, isOut }) => leaveOut(await store, textId, places, isOut),
    async setLicence({ ids, licence }) {
      const blobs = await store;
      return Promise.all(ids.map((id) => setLicence(blobs, id, licence)));
    },
    removeText: async ({ id, projectId, at }) => removeText(await store, id, projectId, at),
    async textUses({ textIds }) {
      const blobs = await store;
      const [runs, texts] = await Promise.all([
        listRuns(blobs),
        readAll(textIds, (id) => textOf(blobs, id).catch(() => undefined)),
      ]);
      return mergeUses(texts.records.map((text) => usesOf(runs, text)));
    },
    async addToProject({ id, projectId, isTuned }) {
      const blobs = await store;
      return addToProject(blobs, id, projectId, await ownerOf(blobs, projectId), isTuned);
    },
    async purgeText({ id }) {
      await context.textsUnread();
      await purgeText(await store, id);
      return null;
    },
    nameOfTexts: async ({ ids }) => (await nameOfTexts(await store, ids)) ?? null,
    ...cleaningHandlers(context),
  } satisfies SomeDataHandlers;
}

function cleaningHandlers(context: DataContext) {
  const { store } = context;
  let previewRecipe: ReturnType<Awaited<ReturnType<typeof loadCleaner>>['recipePreview']> | undefined;
  return {
    applyRecipe: ({ id, recipe, at }, job) =>
      context.reading(async () => (await loadCleaner()).applyRecipe(await store, id, recipe, { at }, job)),
    previewRecipe: (input, job) =>
      context.reading(async () => {
        const { recipePreview } = await loadCleaner();
        previewRecipe ??= recipePreview();
        return previewRecipe(await store, input, job);
      }),
    leftByRecipe: async (input) => (await loadCleaner()).leftByRecipe(await store, input),
  } satisfies SomeDataHandlers;
}

/** Loaded when a text is first cleaned. */
const loadCleaner = () => loaded('The text cleaner', import('./cleaning'));
