/** Texts as a recipe leaves them: the files of a new run, and those of one that goes on, cleaned again as they were. */
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
  learntFacts,
  learntOf,
  openText,
  textOf,
  type TextRecord,
  type TextSource,
} from '../../src/core/documents';
import { applyRecipe } from '../../src/core/documents/clean/applyRecipe';
import type { Recipe } from '../../src/core/documents/clean/recipe';
import { toldDocuments } from '../../src/core/runs/toldDocuments';
import type { DataFacts, ToldDocuments } from '../../src/core/runs/settings';
import { beginCleaners } from './cleaners';
import { readers } from './readers';
import type { OpenedFile } from '../sources';
import { type SavedRun } from '../folders/savedRun';
import {
  AGAIN,
  asTheyWereRead,
  cleanedOtherwise,
  hashOfFile,
  notOurs,
  notSame,
  type OwnText,
  ownTexts,
} from './savedTexts';

export type Files = readonly OpenedFile[];
export interface CleanedTexts {
  documents: readonly Document[];
  texts: DataFacts['texts'];
  told: ToldDocuments;
  /** Of the texts, by what their documents say that they are of. */
  names: ReadonlyMap<string | undefined, string>;
  /** Files with the text that they are of, and how each of them is told from others. */
  files: readonly { path: string; source: TextSource; sha256: string }[];
}

/**
 * The files of a new run as one text, as the app takes a drop: what rules must see of all documents they see of all of them.
 * @throws HomegrownError `bad-file`; `bad-settings` where nothing is left
 */
export async function cleanTogether(
  store: BlobStore,
  files: Files,
  recipe: Recipe,
  note: (words: string) => void,
  job: Job,
): Promise<CleanedTexts> {
  const read = await readTogether(store, files, 0, job);
  const text = await applyRecipe(store, read.id, recipe, { at: 0 }, job, beginCleaners);
  if (learntOf(text).documents === 0)
    throw badSettings('The recipe removes all of the text.', 'Relax a rule that removes documents.');
  noteOf(text, files, note);
  const texts = [learntFacts(text)];
  // Of one file it says all itself.
  const told = files.length > 1 ? await toldDocuments(store, { texts }) : [];
  return {
    documents: await openText(store, text.id),
    texts,
    told,
    names: new Map([[text.id, text.name]]),
    files: await toldFiles(store, text, files),
  };
}

/**
 * The texts of a run again, each out of its files, by its own recipe and without what was left out by hand.
 * @throws HomegrownError `bad-file` where they are not those that it learnt from
 */
export async function cleanAgain(
  store: BlobStore,
  files: Files,
  past: SavedRun,
  note: (words: string) => void,
  job: Job,
): Promise<CleanedTexts> {
  const own = ownTexts(past);
  const texts: TextRecord[] = [];
  const used: CleanedTexts['files'][number][] = [];
  for (const [i, group] of (await groupsOf(past, own, await asTheyWereRead(past, files), job)).entries()) {
    const { cleaned, sha256, name } = past.data.texts[i]!;
    const read = await readTogether(store, group, i, job);
    const { id } = read;
    if (read.sha256 !== own[i]!.sha256) throw notSame(past, name);
    let text = await (cleaned
      ? applyRecipe(store, id, past.recipe!, { at: i }, job, beginCleaners)
      : textOf(store, id));
    const { leftOut } = own[i]!;
    if (leftOut) text = await leaveOut(store, id, leftOut, true);
    // Today's rules may do other than those of an older build.
    if (learntOf(text).sha256 !== sha256) throw cleanedOtherwise(past, name);
    noteOf(text, group, note);
    texts.push(text);
    used.push(...(await toldFiles(store, text, group)));
  }
  return {
    documents: (await Promise.all(texts.map(({ id }) => openText(store, id)))).flat(),
    texts: past.data.texts,
    told: past.info.documents ?? [],
    names: new Map(texts.map(({ id }, i) => [id, past.data.texts[i]!.name])),
    files: used,
  };
}

/** @param at place of the text among those of the run: a file that two of them have is read for both */
async function readTogether(store: BlobStore, files: Files, at: number, job: Job): Promise<TextRecord> {
  const names = namesBelow(files.map(({ path }) => path));
  const sources = files.map(({ source }, i) => ({ ...source, name: names[i]! }));
  const settings = { addedAt: at, projectId: `text-${at}`, readers };
  const { text, refused } = await importDrop(sources, store, settings, job);
  if (refused[0]) throw refused[0].error;
  return text!;
}

/**
 * Below the folder that all are in, so that those are known that belong together; a single one, and those that have no folder
 * in common, by their names: where they lie is nobody's concern.
 */
function namesBelow(paths: readonly string[]): readonly string[] {
  const parts = paths.map((path) => resolve(path).split(sep));
  const [first = [], ...others] = parts;
  let shared = 0;
  while (shared < first.length - 1 && others.every((own) => shared < own.length - 1 && own[shared] === first[shared]))
    shared++;
  return parts.map((own) => visibleName(shared < 2 ? own.at(-1)! : own.slice(shared).join('/')));
}

function noteOf({ name, notes }: TextRecord, files: Files, note: (words: string) => void): void {
  for (const words of notes) note(files.length > 1 ? `${words}.` : `${name}: ${words}.`);
}

/** Of a file of many documents the text's hash: it is found again by its path. */
async function toldFiles(store: BlobStore, text: TextRecord, files: Files): Promise<CleanedTexts['files']> {
  const names = namesBelow(files.map(({ path }) => path));
  const hashes = new Map((await documentsOf(store, asRead(text))).map(({ title, sha256 }) => [title, sha256]));
  return files.map((file, i) => ({ ...file, sha256: hashes.get(names[i]) ?? text.sha256 }));
}

interface Found {
  file: Files[number];
  /** Of the documents in it, in their order; and of all of them. */
  hashes: readonly string[];
  sha256: string;
}

/** Of each text its files, in the order in which it had them. @throws HomegrownError `bad-file` */
async function groupsOf(past: SavedRun, own: readonly OwnText[], files: Files, job: Job): Promise<readonly Files[]> {
  // What cannot be told apart is seen when it is read; what tells no size may be a pipe, which is read once.
  if (own.length === 1 && (files.length === 1 || files.some(({ source }) => source.size === 0))) return [files];
  const found: Found[] = [];
  for (const file of files) {
    const hashes = await documentsIn(file.source, job);
    const sha256 = await hashOf(hashes);
    // A file that is given twice is there once.
    if (!found.some((each) => each.sha256 === sha256)) found.push({ file, hashes, sha256 });
  }
  const groups = own.map(({ sha256, documents }) => filesOf(found, sha256, documents));
  const used = new Set(groups.flat());
  const others = found.filter((each) => !used.has(each));
  const [untold, ...more] = own.filter((_, i) => groups[i]!.length === 0);
  const order = untold && !untold.documents && more.length === 0 ? await orderOf(untold, others) : undefined;
  if (order) return groups.map((group) => (group.length > 0 ? group : order).map(({ file }) => file));
  const given = new Map(found.flatMap(({ hashes }) => hashes.map((hash) => [hash, null])));
  if (others[0]) throw notOurs(past, own, given, { title: others[0].file.path, sha256: others[0].sha256 });
  for (const { name, sha256, documents = [{ name, sha256 }] } of own.filter((_, i) => !isWhole(own[i]!, groups[i]!))) {
    const missing = documents.find((document) => !given.has(document.sha256));
    throw badFile(`${missing?.name ?? name} is missing: the run in ${past.folder} trained on it.`, AGAIN);
  }
  return groups.map((group) => group.map(({ file }) => file));
}

/** Those that a text was read from; none where it is not told which documents it is. */
function filesOf(found: readonly Found[], text: string, documents: OwnText['documents']): readonly Found[] {
  if (!documents) return found.filter(({ sha256 }) => sha256 === text).slice(0, 1);
  const places = new Map(documents.map(({ sha256 }, place) => [sha256, place]));
  const placeOf = ({ hashes: [first] }: Found): number => places.get(first!)!;
  const own = found.filter(({ hashes }) => hashes.length > 0 && hashes.every((hash) => places.has(hash)));
  return own.sort((a, b) => placeOf(a) - placeOf(b));
}

const isWhole = ({ documents }: OwnText, group: readonly Found[]): boolean =>
  group.flatMap(({ hashes }) => hashes).length === (documents?.length ?? group.length) && group.length > 0;

/** As they are given, or as the app takes them. */
async function orderOf({ sha256 }: OwnText, files: readonly Found[]): Promise<readonly Found[] | undefined> {
  const byPath = [...files].sort((a, b) => (a.file.path < b.file.path ? -1 : 1));
  for (const order of [files, byPath])
    if ((await hashOf(order.flatMap(({ hashes }) => hashes))) === sha256) return order;
  return undefined;
}

/** Hashes of those that are taken out of a file, or its own; none where it cannot be read by itself. */
async function documentsIn(source: TextSource, job: Job): Promise<readonly string[]> {
  if (source.isPlain || (!source.table && !(await isOpened(source)))) return [await hashOfFile(source)];
  const store = memoryStore();
  const { text } = await importDrop([source], store, { addedAt: 0, readers }, { ...unwatched, signal: job.signal });
  return text ? (await openText(store, text.id)).map(({ sha256 }) => sha256) : [];
}
