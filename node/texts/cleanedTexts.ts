/** Texts after cleaning: the files of a new run, and those of a run that resumes, cleaned again by its recipe. */
import { resolve, sep } from 'node:path';
import { type BlobStore, memoryStore } from '../../src/core/base/blobStore';
import type { Document } from '../../src/core/base/document';
import { badFile, badSettings } from '../../src/core/base/errors';
import { visibleName } from '../../src/core/base/fileName';
import { type Job, unwatched } from '../../src/core/base/job';
import {
  asRead,
  documentsOf,
  hashOf,
  importDrop,
  isOpened,
  leaveOut,
  trainingFacts,
  trainingSize,
  openText,
  textOf,
  type TextRecord,
  type TextSource,
} from '../../src/core/documents';
import { applyRecipe } from '../../src/core/documents/clean/applyRecipe';
import type { Recipe } from '../../src/core/documents/clean/recipe';
import { documentListsOf } from '../../src/core/runs/documentLists';
import type { DataFacts, DocumentLists } from '../../src/core/runs/settings';
import { beginCleaners } from './cleaners';
import { readers } from './readers';
import type { OpenedFile } from '../sources';
import { type SavedRun } from '../folders/savedRun';
import {
  NAME_THE_TEXTS,
  withOriginalReading,
  differentCleaning,
  hashOfFile,
  foreignText,
  differentText,
  type SavedText,
  savedTextsOf,
} from './savedTexts';

export type Files = readonly OpenedFile[];
export interface CleanedTexts {
  documents: readonly Document[];
  texts: DataFacts['texts'];
  documentLists: DocumentLists;
  /** Names of the texts, by the text that a document names. */
  names: ReadonlyMap<string | undefined, string>;
  /** Files, each with the hash that identifies it. */
  files: readonly { path: string; source: TextSource; sha256: string }[];
}

/**
 * Cleans the files of a new run as one text, as the app does with a drop, so that rules see all documents.
 * @throws HomegrownError `bad-file`; `bad-settings` if nothing is left
 */
export async function cleanTogether(
  store: BlobStore,
  files: Files,
  recipe: Recipe,
  note: (words: string) => void,
  job: Job,
): Promise<CleanedTexts> {
  const imported = await readTogether(store, files, 0, job);
  const text = await applyRecipe(store, imported.id, recipe, { at: 0 }, job, beginCleaners);
  if (trainingSize(text).documents === 0)
    throw badSettings('The recipe removes all of the text.', 'Relax a rule that removes documents.');
  reportNotes(text, files, note);
  const texts = [trainingFacts(text)];
  // A single file needs no list of documents.
  const documentLists = files.length > 1 ? await documentListsOf(store, { texts }) : [];
  return {
    documents: await openText(store, text.id),
    texts,
    documentLists,
    names: new Map([[text.id, text.name]]),
    files: await hashedFiles(store, text, files),
  };
}

/**
 * Cleans the texts of a saved run again: each from its files, by its recipe, without documents that were removed by hand.
 * @throws HomegrownError `bad-file` if they aren't the texts that it trained on
 */
export async function cleanAgain(
  store: BlobStore,
  files: Files,
  past: SavedRun,
  note: (words: string) => void,
  job: Job,
): Promise<CleanedTexts> {
  const savedTexts = savedTextsOf(past);
  const texts: TextRecord[] = [];
  const usedFiles: CleanedTexts['files'][number][] = [];
  for (const [i, group] of (await groupsOf(past, savedTexts, await withOriginalReading(past, files), job)).entries()) {
    const { cleaned, sha256, name } = past.data.texts[i]!;
    const imported = await readTogether(store, group, i, job);
    const { id } = imported;
    if (imported.sha256 !== savedTexts[i]!.sha256) throw differentText(past, name);
    let text = await (cleaned
      ? applyRecipe(store, id, past.recipe!, { at: i }, job, beginCleaners)
      : textOf(store, id));
    const { leftOut } = savedTexts[i]!;
    if (leftOut) text = await leaveOut(store, id, leftOut, true);
    // Rules may have changed since an older build.
    if (trainingSize(text).sha256 !== sha256) throw differentCleaning(past, name);
    reportNotes(text, group, note);
    texts.push(text);
    usedFiles.push(...(await hashedFiles(store, text, group)));
  }
  return {
    documents: (await Promise.all(texts.map(({ id }) => openText(store, id)))).flat(),
    texts: past.data.texts,
    documentLists: past.info.documents ?? [],
    names: new Map(texts.map(({ id }, i) => [id, past.data.texts[i]!.name])),
    files: usedFiles,
  };
}

/** @param index place of the text in the run: a file of two texts is read for both */
async function readTogether(store: BlobStore, files: Files, index: number, job: Job): Promise<TextRecord> {
  const names = namesBelow(files.map(({ path }) => path));
  const sources = files.map(({ source }, i) => ({ ...source, name: names[i]! }));
  const settings = { addedAt: index, projectId: `text-${index}`, readers };
  const { text, refused } = await importDrop(sources, store, settings, job);
  if (refused[0]) throw refused[0].error;
  return text!;
}

/**
 * Names files by their paths below their common folder, which show what belongs together. A single file, and files without a
 * common folder, have their own names: their paths are private.
 */
function namesBelow(paths: readonly string[]): readonly string[] {
  const parts = paths.map((path) => resolve(path).split(sep));
  const [first = [], ...others] = parts;
  let sharedDepth = 0;
  while (
    sharedDepth < first.length - 1 &&
    others.every((other) => sharedDepth < other.length - 1 && other[sharedDepth] === first[sharedDepth])
  )
    sharedDepth++;
  return parts.map((segments) =>
    visibleName(sharedDepth < 2 ? segments.at(-1)! : segments.slice(sharedDepth).join('/')),
  );
}

function reportNotes({ name, notes }: TextRecord, files: Files, note: (words: string) => void): void {
  for (const words of notes) note(files.length > 1 ? `${words}.` : `${name}: ${words}.`);
}

/** A file of many documents has the hash of the text: its path identifies it. */
async function hashedFiles(store: BlobStore, text: TextRecord, files: Files): Promise<CleanedTexts['files']> {
  const names = namesBelow(files.map(({ path }) => path));
  const hashes = new Map((await documentsOf(store, asRead(text))).map(({ title, sha256 }) => [title, sha256]));
  return files.map((file, i) => ({ ...file, sha256: hashes.get(names[i]) ?? text.sha256 }));
}

interface HashedFile {
  file: Files[number];
  /** `hashes`: of its documents, in order; `sha256`: of all of them. */
  hashes: readonly string[];
  sha256: string;
}

/** Returns the files of each text, in their order. @throws HomegrownError `bad-file` */
async function groupsOf(
  past: SavedRun,
  savedTexts: readonly SavedText[],
  files: Files,
  job: Job,
): Promise<readonly Files[]> {
  // A single file is checked when it is read; a file without a size may be a pipe, which is read once.
  if (savedTexts.length === 1 && (files.length === 1 || files.some(({ source }) => source.size === 0))) return [files];
  const candidates: HashedFile[] = [];
  for (const file of files) {
    const hashes = await documentsIn(file.source, job);
    const sha256 = await hashOf(hashes);
    // A file that is named twice counts once.
    if (!candidates.some((hashedFile) => hashedFile.sha256 === sha256)) candidates.push({ file, hashes, sha256 });
  }
  const groups = savedTexts.map(({ sha256, documents }) => filesOf(candidates, sha256, documents));
  const matched = new Set(groups.flat());
  const unmatched = candidates.filter((hashedFile) => !matched.has(hashedFile));
  const [unlisted, ...otherUnlisted] = savedTexts.filter((_, i) => groups[i]!.length === 0);
  const order =
    unlisted && !unlisted.documents && otherUnlisted.length === 0 ? await orderOf(unlisted, unmatched) : undefined;
  if (order) return groups.map((group) => (group.length > 0 ? group : order).map(({ file }) => file));
  const givenHashes = new Map(candidates.flatMap(({ hashes }) => hashes.map((hash) => [hash, null])));
  if (unmatched[0])
    throw foreignText(past, savedTexts, givenHashes, { title: unmatched[0].file.path, sha256: unmatched[0].sha256 });
  for (const { name, sha256, documents = [{ name, sha256 }] } of savedTexts.filter(
    (_, i) => !isComplete(savedTexts[i]!, groups[i]!),
  )) {
    const missing = documents.find((document) => !givenHashes.has(document.sha256));
    throw badFile(`${missing?.name ?? name} is missing: the run in ${past.folder} trained on it.`, NAME_THE_TEXTS);
  }
  return groups.map((group) => group.map(({ file }) => file));
}

/** Returns the files of a text; none if its documents aren't recorded. */
function filesOf(
  candidates: readonly HashedFile[],
  text: string,
  documents: SavedText['documents'],
): readonly HashedFile[] {
  if (!documents) return candidates.filter(({ sha256 }) => sha256 === text).slice(0, 1);
  const places = new Map(documents.map(({ sha256 }, place) => [sha256, place]));
  const placeOf = ({ hashes: [first] }: HashedFile): number => places.get(first!)!;
  const matching = candidates.filter(({ hashes }) => hashes.length > 0 && hashes.every((hash) => places.has(hash)));
  return matching.sort((a, b) => placeOf(a) - placeOf(b));
}

const isComplete = ({ documents }: SavedText, group: readonly HashedFile[]): boolean =>
  group.flatMap(({ hashes }) => hashes).length === (documents?.length ?? group.length) && group.length > 0;

/** Returns the files in the order that gives the hash: as named, or as the app sorts them. */
async function orderOf(
  { sha256 }: SavedText,
  files: readonly HashedFile[],
): Promise<readonly HashedFile[] | undefined> {
  const byPath = [...files].sort((a, b) => (a.file.path < b.file.path ? -1 : 1));
  for (const order of [files, byPath])
    if ((await hashOf(order.flatMap(({ hashes }) => hashes))) === sha256) return order;
  return undefined;
}

/** Hashes of a file's documents, or its own; none if the file can't be read alone. */
async function documentsIn(source: TextSource, job: Job): Promise<readonly string[]> {
  if (source.isPlain || (!source.table && !(await isOpened(source)))) return [await hashOfFile(source)];
  const store = memoryStore();
  const { text } = await importDrop([source], store, { addedAt: 0, readers }, { ...unwatched, signal: job.signal });
  return text ? (await openText(store, text.id)).map(({ sha256 }) => sha256) : [];
}
