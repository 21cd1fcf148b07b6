/** Handlers of the data worker: they serve jobs and core functions, and decide where results are stored. */
import type { BlobStore } from '../core/base/blobStore';
import { ahead } from '../core/base/ahead';
import { badFile, toFailure } from '../core/base/errors';
import { loaded } from '../core/base/load';
import { readAll } from '../core/base/record';
import { surveySnapshots } from '../core/checkpoint/checkpoint';
import { zipped } from '../core/files/zip';
import { freeRun } from '../core/runs/free';
import { ownerOf } from '../core/runs/projects';
import { duplicateProject, purgeProject, purgeRemovedProjects, rescueProject } from '../core/runs/projectLife';
import { bytesOfSteps, measureEverything, projectRows } from '../core/runs/sizes';
import { migrate } from '../core/runs/migrate';
import { usesOf, mergeUses } from '../core/runs/textUses';
import { listRuns, updateRun } from '../core/runs/record';
import type { Purpose } from '../core/runs/tuning';
import { openPart, readCounts } from '../core/shards/read';
import {
  addToProject,
  collectOrphans,
  importDrop,
  importText,
  leaveOut,
  listDocuments,
  listTexts,
  lookAtTable,
  proposalsFor,
  type Owner,
  pastedText,
  previewDocument,
  purgeText,
  removeText,
  setLicence,
  sharedNormalizers,
  surveyTable,
  tableFormatOf,
  textOf,
  type TextSource,
} from '../core/documents';
import { inProcess, type Readers } from '../core/documents/guard/readers';
import { trainingExcerpt } from '../core/documents/trainingExcerpt';
import { longestCopied } from '../core/evaluate/copied';
import { nameOfTexts } from '../core/documents/suggestedName';
import { learnerOf, objectiveOf } from '../core/objectives';
import { makePlan } from '../core/plan/plan';
import { createTokenizer } from '../core/tokenizer/byteLevel';
import { measure, piecesOf, vocabularyPieces } from '../core/tokenizer/statistics';
import { trainTokenizer } from '../core/tokenizer/train';
import type { Between } from '../core/documents/labels/between';
import type { DataApi, GivenFile, Sample } from '../protocol/data';
import { holdingRun, isUndoLive, lockMigration } from '../storage/lock';
import { readSentencePairs, readTask } from './askedLists';
import { blobSource, throwReadError } from '../jobs/blobSource';
import { buildData, openTexts } from '../jobs/buildData';
import { partReader } from '../jobs/dataParts';
import { type KnownProfile, profiles } from './profiles';
import { collectData, runHandlers } from './runHandlers';
import type { Handlers } from './serve';
import sampleProfiles from './sampleProfiles.json' with { type: 'json' };
import { listUnreadable, rawFiles } from './unreadable';

/**
 * @param ownFile loads a file of the app by its path; `name` describes it for a person
 * @param runReader runs readers of files
 */
export function dataHandlers(
  store: Promise<BlobStore>,
  ownFile: (path: string, name: string) => Promise<Response>,
  runReader: Readers = inProcess,
): Handlers<DataApi> {
  /** Leftovers of an earlier session are deleted before the first list is returned. */
  const swept = store.then(async (open) => {
    const now = (await isUndoLive()) ? 0 : Date.now();
    await collectOrphans(open, now);
    if (await purgeRemovedProjects(open, now, holdingRun)) await collectData(open);
  });
  swept.catch(() => undefined);

  /** Runs work that reads texts: texts that are removed meanwhile stay until it ends. */
  const readers = new Set<Promise<unknown>>();
  async function reading<T>(read: () => Promise<T>): Promise<T> {
    const work = read();
    readers.add(work);
    try {
      return await work;
    } finally {
      readers.delete(work);
    }
  }

  /** Keeps nothing for a project that was deleted meanwhile. */
  const owned = async <S extends { projectId: string }>(
    settings: S,
  ): Promise<S & { owner: Owner; readers: Readers }> => ({
    ...settings,
    owner: await ownerOf(await store, settings.projectId),
    readers: runReader,
  });

  const template = async (path: string): Promise<string> => (await ownFile(`/templates/${path}`, path)).text();

  async function fetchSamples(): Promise<readonly Sample[]> {
    const response = await ownFile('/samples/index.json', 'The list of samples');
    return (await response.json()) as readonly Sample[];
  }

  const profileOf = profiles(sampleProfiles as readonly KnownProfile[]);
  const partRows = partReader();
  /** Loaded when a text is first cleaned. */
  const cleaning = () => loaded('The text cleaner', import('./cleaning'));
  let previewRecipe: ReturnType<Awaited<ReturnType<typeof cleaning>>['recipePreview']> | undefined;
  const chats = () => loaded('The chat reader', import('../jobs/chats'));
  let previewLossMask: ReturnType<Awaited<ReturnType<typeof chats>>['lossMaskPreviewer']> | undefined;
  const labelling = () => loaded('The label reader', import('../jobs/label'));
  const labeledTables = () => loaded('The label reader', import('../jobs/labeledTables'));
  const forPurpose = async <S>({ tunes, between, ...settings }: S & { tunes?: Purpose; between?: Between }) => ({
    ...settings,
    isTuned: tunes !== undefined,
    ...(tunes === 'classify' && { labeledAs: between ? { between } : {} }),
    ...(tunes === 'instruct' && { conversations: (await chats()).conversationReader }),
  });
  /** Files of drops that await their import. */
  const handed = new Map<string, readonly GivenFile[]>();
  return {
    handFiles({ drop, files }) {
      handed.set(drop, [...(handed.get(drop) ?? []), ...files]);
      return Promise.resolve(null);
    },
    async importFiles({ drop = '', files, ...settings }, job) {
      const all = [...(handed.get(drop) ?? []), ...files];
      handed.delete(drop);
      const own = await forPurpose(await owned(settings));
      const { refused, ...outcome } = await importDrop(fileSources(all), await store, own, job);
      return { ...outcome, refused: refused.map(({ name, error }) => ({ name, failure: toFailure(error) })) };
    },
    async importPaste({ text, name, ...settings }, job) {
      return importText(pastedText(name, text), await store, await forPurpose(await owned(settings)), job);
    },
    async importSample({ file, ...settings }, job) {
      const sample = (await fetchSamples()).find((s) => s.file === file);
      if (!sample) throw badFile(`There is no sample ${file}`);
      const blob = await (await ownFile(`/samples/${file}`, sample.title)).blob();
      const { licence, pairs, labels } = sample;
      const own = await owned({ ...settings, licence, ...(labels && { isTuned: true, labeledAs: {} }) });
      const columns = labels ?? (pairs ? null : undefined);
      const table = columns !== undefined && { format: tableFormatOf(file), columns };
      return importText(fileSource({ file: blob, name: file, ...(table && { table }) }), await store, own, job);
    },
    lookAtTable: ({ format, ...given }) => lookAtTable(fileSource(given), format, runReader),
    readSentencePairs: (given, job) => readSentencePairs(fileSource(given), runReader, job),
    readTask: (given, job) => readTask(fileSource(given), runReader, job),
    surveyTable: ({ format, ...given }) => surveyTable(fileSource(given), format, runReader),
    proposeEncodings: ({ given, names }) => proposalsFor(fileSource(given), names),
    samples: fetchSamples,
    async listTexts({ projectId }) {
      await swept.catch(() => undefined); // the next start deletes the rest
      return listTexts(await store, projectId);
    },
    documents: async ({ textId, ...wanted }) => listDocuments(await store, textId, wanted),
    preview: async ({ id, place, characters }) => previewDocument(await store, id, place, characters),
    copied: ({ written, texts }, { signal }) =>
      reading(async () => longestCopied(written, (await openTexts(await store, texts)).documents, { signal })),
    trainingExcerpt: async ({ id, nth, characters }) => trainingExcerpt(await store, id, nth, characters),
    leaveOut: async ({ textId, places, isOut }) => leaveOut(await store, textId, places, isOut),
    async setLicence({ ids, licence }) {
      const open = await store;
      return Promise.all(ids.map((id) => setLicence(open, id, licence)));
    },
    removeText: async ({ id, projectId, at }) => removeText(await store, id, projectId, at),
    async textUses({ textIds }) {
      const open = await store;
      const [runs, texts] = await Promise.all([
        listRuns(open),
        readAll(textIds, (id) => textOf(open, id).catch(() => undefined)),
      ]);
      return mergeUses(texts.records.map((text) => usesOf(runs, text)));
    },
    async addToProject({ id, projectId, isTuned }) {
      const open = await store;
      return addToProject(open, id, projectId, await ownerOf(open, projectId), isTuned);
    },
    async purgeText({ id }) {
      await Promise.allSettled(readers);
      await purgeText(await store, id);
      return null;
    },
    nameOfTexts: async ({ ids }) => (await nameOfTexts(await store, ids)) ?? null,

    plan: ({ texts, ...input }, job) =>
      reading(async () => {
        const text = await profileOf(await store, texts, job);
        return { plan: makePlan({ ...input, text }), text };
      }),
    applyRecipe: ({ id, recipe, at }, job) =>
      reading(async () => (await cleaning()).applyRecipe(await store, id, recipe, { at }, job)),
    previewRecipe: (wanted, job) =>
      reading(async () => {
        const { recipePreview } = await cleaning();
        previewRecipe ??= recipePreview();
        return previewRecipe(await store, wanted, job);
      }),
    leftByRecipe: async (wanted) => (await cleaning()).leftByRecipe(await store, wanted),
    trainTokenizer: ({ texts, kind, vocabulary, roles }, job) =>
      reading(async () => {
        const { documents, refs, ...opened } = await openTexts(await store, texts);
        const normalizers = sharedNormalizers(opened.texts);
        const model = await trainTokenizer({ kind, vocabulary, roles, normalizers }, documents, job);
        const tokenizer = await createTokenizer(model);
        const { bytesPerToken, unusedEntries } = await measure(tokenizer, documents, job);
        const { hash, size } = tokenizer;
        return { model, hash, size, asked: vocabulary, texts: refs, bytesPerToken, unusedEntries };
      }),
    tokens: async ({ text, tokenizer }) => piecesOf(await createTokenizer(tokenizer), text),
    async vocabulary({ tokenizer, data, query, limit }) {
      const counts = data ? await readCounts(await store, data.manifest, 'train') : undefined;
      return vocabularyPieces(await createTokenizer(tokenizer), query, limit, counts);
    },
    buildData: ({ texts, tokenizer, split }, job) =>
      reading(async () => buildData(await store, texts, await createTokenizer(tokenizer), split, job)),
    async inRows({ data, tokenizer, model, recipe }) {
      const objective = objectiveOf(recipe.objective);
      const part = openPart(await store, data.manifest, 'train');
      return (
        (await objective.inRows?.(
          part,
          model.config.context,
          await createTokenizer(tokenizer),
          recipe,
          learnerOf(model),
        )) ?? null
      );
    },
    partRows: ({ data, ids, ...wanted }) => reading(async () => partRows(await store, data, ids, wanted)),

    speakers: ({ textId }) => reading(async () => (await chats()).speakersIn(await store, textId)),
    importSpeakers: ({ textId: id, assistant, ...settings }, job) =>
      reading(async () => {
        const { importSpeakers } = await chats();
        return importSpeakers(await store, { id, assistant }, await owned(settings), job);
      }),
    previewLossMask: (wanted, job) =>
      reading(async () => {
        const { lossMaskPreviewer } = await chats();
        previewLossMask ??= lossMaskPreviewer();
        return previewLossMask(await store, wanted, job);
      }),
    surveyLabels: (wanted, job) => reading(async () => (await labelling()).surveyed(await store, wanted, job)),
    labeledTexts: (wanted) => reading(async () => (await labelling()).labeledTexts(await store, wanted)),
    changeLabels: async ({ id, change }) => (await labelling()).changeLabels(await store, id, change),
    labeledIn: ({ texts }) => reading(async () => (await labeledTables()).labeledIn(await store, texts)),
    importLabeled: ({ textId, ...settings }, job) =>
      reading(async () => (await labeledTables()).importLabeled(await store, textId, await owned(settings), job)),
    importCorrection: ({ textId, name, text, label, ...settings }, job) =>
      reading(async () => {
        const correction = { ...(textId !== undefined && { textId }), name, text, label };
        return (await labeledTables()).importCorrection(await store, correction, await owned(settings), job);
      }),
    longTexts: async ({ runId }) => (await labelling()).longTextsOf(await store, runId),
    runLeaks: async ({ runId }, job) => (await labelling()).leaksOf(await store, runId, job),
    async decide({ runId, decision }) {
      await updateRun(await store, runId, (run) => ({ ...run, decision }));
      return null;
    },
    async dropUnused() {
      await collectData(await store);
      return null;
    },
    savedSteps: async ({ runId }) => surveySnapshots(await store, runId),
    exportModel: async (input, job) =>
      (await loaded('The model exporter', import('./exporting'))).exportModel(await store, template, input, job),
    ...runHandlers(store),
    async freeRun({ runId }) {
      const open = await store;
      const bytes = await holdingRun(runId, async () => {
        const freed = await bytesOfSteps(open, runId);
        await freeRun(open, runId);
        return freed;
      });
      await collectData(open);
      return { bytes };
    },
    importModel: async (input, job) =>
      (await loaded('The model importer', import('./bringingIn'))).bringIn(await store, input, job),

    projects: async (_, { signal }) => projectRows(await store, signal),
    duplicateProject: async (input) => (await duplicateProject(await store, input), null),
    rescueProject: async (input) => (await rescueProject(await store, input), null),
    async purgeProject({ id }) {
      await Promise.allSettled(readers);
      const open = await store;
      await purgeProject(open, id, holdingRun);
      await collectData(open);
      return null;
    },
    measureEverything: async () => measureEverything(await store),

    async migrate(_, job) {
      const lock = await lockMigration();
      try {
        return await reading(async () => migrate(await store, () => crypto.randomUUID(), job));
      } finally {
        lock.release();
      }
    },
    listUnreadable: async ({ runId }) => listUnreadable(await store, runId),
    async exportRaw({ key }, job) {
      const parts: Blob[] = [];
      for await (const chunk of zipped(await rawFiles(await store, key), job)) {
        parts.push(new Blob([chunk as Uint8Array<ArrayBuffer>]));
      }
      const name = `homegrown-${key.replace(/[^\w-]+/g, '-')}.zip`;
      return { file: new Blob(parts, { type: 'application/zip' }), name };
    },
  };
}

type Read = Omit<GivenFile, 'file'> & { file: Blob };
const fileSource = ({ file, ...given }: Read): TextSource => ({
  ...given,
  size: file.size,
  stream: () => chunksOf(file),
  places: blobSource(file),
});

/**
 * Reads small files whole, some of them ahead, in order. A file that is requested out of order is read alone; system files and
 * files too deep in archives are never requested.
 */
function fileSources(files: readonly Read[]): TextSource[] {
  const small = files.filter(({ file }) => isSmall(file));
  // An unreadable file is reported alone.
  const contents = ahead(small, async (given) => {
    const [read] = await Promise.allSettled([given.file.arrayBuffer().catch(throwReadError(given.file))]);
    return { given, read };
  });
  /** Read ahead, but not requested yet. */
  const passed = new Set<Read>();
  return files.map((given) => {
    const { file, ...rest } = given;
    if (!isSmall(file)) return fileSource(given);
    let isRead = false;
    const stream = async function* (): AsyncGenerator<Uint8Array> {
      if (isRead || passed.has(given)) {
        // A file is requested again in another encoding, or as a copy of an earlier one.
        yield new Uint8Array(await file.arrayBuffer().catch(throwReadError(file)));
        return;
      }
      isRead = true;
      let next = await contents.next();
      while (!next.done && next.value.given !== given) {
        passed.add(next.value.given);
        next = await contents.next();
      }
      if (next.done) throw new Error('it was read already');
      const { read } = next.value;
      if (read.status === 'rejected') throw read.reason;
      yield new Uint8Array(read.value);
    };
    return { ...rest, size: file.size, stream, places: blobSource(file) };
  });
}
const isSmall = ({ size }: Blob): boolean => size < 2 ** 16;

async function* chunksOf(file: Blob): AsyncGenerator<Uint8Array> {
  const reader = file.stream().getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } catch (error) {
    throwReadError(file)(error);
  } finally {
    reader.releaseLock();
  }
}
