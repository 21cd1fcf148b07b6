/** The texts of a saved run: found at their paths or named again, and checked to be the same. */
import { basename } from 'node:path';
import type { Document } from '../../src/core/base/document';
import { badFile, badSettings, type HomegrownError, paragraph } from '../../src/core/base/errors';
import { sha256 } from '../../src/core/base/hash';
import { formatCount } from '../../src/core/base/units';
import type { TextSource } from '../../src/core/documents';
import { hashOf, isOpened } from '../../src/core/documents';
import { isSameData } from '../../src/core/runs/segments';
import { type DataFacts, type DocumentLists } from '../../src/core/runs/settings';
import type { SavedRun } from '../folders/savedRun';
import { textFile } from '../sources';

/** Returns the paths of the run's files. @throws HomegrownError `bad-file` */
export function trainingPaths(past: SavedRun): readonly string[] {
  const { folder, local, recipe } = past;
  // A cleaned text doesn't record all of its files; reading checks them.
  if (recipe && local) return local.texts.map(({ path }) => path);
  const paths = new Map(local?.texts.map(({ path, sha256 }) => [sha256, path]));
  const files = savedTextsOf(past).flatMap(({ documents, ...text }) => documents ?? [text]);
  return files.map(({ name, sha256 }) => {
    const path = paths.get(sha256);
    if (path !== undefined) return path;
    throw badFile(`The path of ${name}, a training text of the run in ${folder}, is not known.`, NAME_THE_TEXTS);
  });
}

/** Opens the files at the paths. @throws HomegrownError `bad-file` for the first that is missing */
export async function openTrainingFiles({ folder, local }: SavedRun, paths: readonly string[]): Promise<TextSource[]> {
  const texts = await Promise.all(paths.map((path) => textFile(path).catch(() => null)));
  const entries = new Map(local?.texts.map((entry) => [entry.path, entry]));
  return texts.map((text, i) => {
    const { table, skipBadRows } = entries.get(paths[i]!) ?? {};
    if (text) return { ...text, ...(table && { table }), ...(skipBadRows && { reading: { skipBadRows } }) };
    throw badFile(`${paths[i]}, a training text of the run in ${folder}, is missing or can't be read.`, NAME_THE_TEXTS);
  });
}
export const NAME_THE_TEXTS = 'Name all texts of the run with --text.';

interface Named {
  name: string;
  sha256: string;
}

export interface SavedText extends Named {
  documents?: readonly Named[];
  /** Places of documents of a cleaned text that were removed by hand. */
  leftOut?: readonly number[];
}

/** Returns the texts of a run before cleaning, with their documents if these are recorded. */
export const savedTextsOf = ({ data, info }: SavedRun): SavedText[] =>
  data.texts.map(({ name, sha256: ownHash, cleaned }) => {
    const sha256 = cleaned?.from ?? ownHash;
    const listed = info.documents?.find(({ text }) => text === sha256);
    if (!listed) return { name, sha256 };
    const documents = listed.title.map((title, i) => ({ name: title, sha256: listed.sha256[i]! }));
    return { name, sha256, documents, ...(listed.leftOut && { leftOut: listed.leftOut }) };
  });

/**
 * Builds without a reader of a format trained on the plain file, with markup. Such files are read plainly again: those whose
 * hash the run has, and those whose hashes together are the hash of one of its texts.
 */
export async function withOriginalReading<F extends { path: string; source: TextSource }>(
  past: SavedRun,
  files: readonly F[],
): Promise<readonly F[]> {
  if (!(await Promise.all(files.map(({ source }) => isOpened(source)))).includes(true)) return files;
  const plainFiles: { title: string; sha256: string; file: F }[] = [];
  for (const file of files) {
    // A file without a size may be a pipe, which is read once.
    if (!file.source.table && file.source.size > 0)
      plainFiles.push({ title: file.path, sha256: await hashOfFile(file.source), file });
  }
  const savedHashes = savedHashesOf(past);
  const unmatched = plainFiles.filter(({ sha256 }) => !savedHashes.has(sha256));
  const unlisted = savedTextsOf(past).filter(
    (text) => !text.documents && !plainFiles.some(({ sha256 }) => sha256 === text.sha256),
  );
  const grouped = unlisted.length === 1 ? await orderOf(unlisted[0]!, unmatched) : undefined;
  const plain = new Set(
    [...plainFiles.filter(({ sha256 }) => savedHashes.has(sha256)), ...(grouped ?? [])].map(({ file }) => file),
  );
  return files.map((file) => (plain.has(file) ? { ...file, source: { ...file.source, isPlain: true } } : file));
}

export async function hashOfFile(source: TextSource): Promise<string> {
  const hash = await sha256();
  for await (const chunk of source.stream()) hash.update(chunk);
  return hash.hex();
}

/** Hashes of the run's texts, or of their documents if recorded. */
const savedHashesOf = (past: SavedRun): ReadonlySet<string> =>
  new Set(
    savedTextsOf(past).flatMap(({ documents, sha256 }) => documents?.map((document) => document.sha256) ?? sha256),
  );

/** Returns the files in the order that gives the hash of a text: as named, or as the app sorts them. */
async function orderOf<F extends { title?: string; sha256: string }>(
  { sha256: text }: Named,
  files: readonly F[],
): Promise<readonly F[] | undefined> {
  for (const order of files.length > 1 ? [files, byTitle(files)] : [])
    if ((await hashOf(order.map(({ sha256 }) => sha256))) === text) return order;
  return undefined;
}

/**
 * Puts documents into the order of the run, each with its text.
 * @param newDocuments one document per file; titles are paths
 * @returns also the documents of texts that have several
 * @throws HomegrownError `bad-file` if they aren't the run's
 */
export async function inRunOrder(
  past: SavedRun,
  newDocuments: readonly Document[],
): Promise<{ documents: readonly Document[]; documentLists: DocumentLists }> {
  const texts = savedTextsOf(past);
  const givenByHash = new Map(newDocuments.map((document) => [document.sha256, document]));
  const savedHashes = savedHashesOf(past);
  const unmatched = newDocuments.filter(({ sha256 }) => !savedHashes.has(sha256));
  // Without recorded documents, the remaining files may be a single text.
  const [unlisted, ...otherUnlisted] = texts.filter(({ documents, sha256 }) => !documents && !givenByHash.has(sha256));
  const order = unlisted && otherUnlisted.length === 0 ? await orderOf(unlisted, unmatched) : undefined;
  if (order) unlisted!.documents = order.map(({ title, sha256 }) => ({ name: title!, sha256 }));
  if (!unlisted?.documents && unmatched[0])
    throw unlisted && isSeveral(past)
      ? unlistedDocuments(past, unlisted, unmatched.length)
      : foreignText(past, texts, givenByHash, unmatched[0]);
  const documents = texts.flatMap(({ sha256: text, documents = [], ...single }) => {
    const files = documents.length > 0 ? documents : [{ ...single, sha256: text }];
    return files.map(({ name, sha256 }, place): Document => {
      const document = givenByHash.get(sha256);
      if (document) return { ...document, text, place };
      throw badFile(`${name} is missing: the run in ${past.folder} trained on it.`, NAME_THE_TEXTS);
    });
  });
  const documentLists = texts.flatMap(({ sha256: text, documents }) =>
    documents
      ? [{ text, title: documents.map(({ name }) => name), sha256: documents.map(({ sha256 }) => sha256) }]
      : [],
  );
  return { documents, documentLists };
}
const isSeveral = ({ data: { texts, parts } }: SavedRun): boolean => (parts.train.documents ?? 1) > texts.length;
const unlistedDocuments = ({ folder }: SavedRun, { name }: Named, files: number): HomegrownError =>
  badFile(
    `${name}, a training text of the run in ${folder}, is not these ${files} files in this order. The folder doesn't list its documents`,
    'Name exactly its files, in the order in which they were added.',
  );
const byTitle = <F extends { title?: string }>(files: readonly F[]): readonly F[] =>
  [...files].sort((a, b) => (a.title! < b.title! ? -1 : 1));

export function foreignText(
  { folder }: SavedRun,
  texts: readonly SavedText[],
  givenByHash: ReadonlyMap<string, unknown>,
  { title, sha256 }: Pick<Document, 'title' | 'sha256'>,
): HomegrownError {
  const missing = texts
    .flatMap(({ documents, ...text }) => documents ?? text)
    .filter((saved) => !givenByHash.has(saved.sha256));
  const original = missing.find(({ name }) => basename(name) === basename(title!));
  if (!original) return badFile(`${title!} is not a training text of the run in ${folder}`, originalTextAdvice(folder));
  const [current, earlier] = [sha256, original.sha256].map((hash) => hash.slice(0, 16));
  return badFile(
    `${title!} has changed since the run in ${folder} trained on it: SHA-256 ${current!}… instead of ${earlier!}…`,
    originalTextAdvice(folder),
  );
}
const newRunAdvice = (folder: string): string =>
  `start a new run, or fine-tune this model: npm run tune -- --kind adapt --from ${folder} --text FILE --out OTHER. In the app, Change and continue accepts any text.`;
const originalTextAdvice = (folder: string): string =>
  `Nothing was written. Name the original text with --text. To train on another text, ${newRunAdvice(folder)}`;

/** @throws HomegrownError `bad-file` if the texts aren't those of the run, in their order */
export function checkSameTexts(past: SavedRun, texts: readonly Named[]): void {
  const { texts: savedTexts } = past.data;
  const different = texts.find(({ sha256 }, i) => sha256 !== savedTexts[i]?.sha256);
  if (different || texts.length !== savedTexts.length)
    throw differentText(past, (different ?? savedTexts[texts.length]!).name);
}
export const differentText = ({ folder }: SavedRun, name: string): HomegrownError =>
  badFile(
    `The content of ${name} is not the training text of the run in ${folder}`,
    `Nothing was written. Name the same files in the same order; name tables with --pairs and their columns. To train on other text, ${newRunAdvice(folder)}`,
  );

/** Error for unchanged files whose recipe now gives another text. */
export const differentCleaning = ({ folder }: SavedRun, name: string): HomegrownError =>
  badFile(
    `The recipe now cleans ${name} differently than for the run in ${folder}. Another version of Homegrown cleaned it, or documents were left out by hand`,
    `Nothing was written. An exact continuation isn't possible: ${newRunAdvice(folder)}`,
  );

/** @throws HomegrownError `bad-settings` if this build tokenizes or splits the run's texts differently */
export function checkSameData({ folder, data: savedData }: SavedRun, data: DataFacts): void {
  if (isSameData(savedData, data)) return;
  const [earlier, current] = [savedData, data].map(({ parts }) => formatCount(parts.train.tokens));
  throw badSettings(
    paragraph(
      `The run in ${folder} trained on ${earlier!} tokens, but its texts now have ${current!}`,
      'An older Homegrown chose a different validation set for several texts',
    ),
    `Nothing was written. An exact continuation isn't possible: ${newRunAdvice(folder)}`,
  );
}
