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
export function laidPaths(past: SavedRun): readonly string[] {
  const { folder, local, recipe } = past;
  // A cleaned text doesn't record all of its files; reading checks them.
  if (recipe && local) return local.texts.map(({ path }) => path);
  const paths = new Map(local?.texts.map(({ path, sha256 }) => [sha256, path]));
  const files = ownTexts(past).flatMap(({ documents, ...text }) => documents ?? [text]);
  return files.map(({ name, sha256 }) => {
    const found = paths.get(sha256);
    if (found !== undefined) return found;
    throw badFile(`The path of ${name}, a training text of the run in ${folder}, is not known.`, AGAIN);
  });
}

/** Opens the files at the paths. @throws HomegrownError `bad-file` for the first that is missing */
export async function openLaid({ folder, local }: SavedRun, paths: readonly string[]): Promise<TextSource[]> {
  const texts = await Promise.all(paths.map((path) => textFile(path).catch(() => null)));
  const known = new Map(local?.texts.map((each) => [each.path, each]));
  return texts.map((text, i) => {
    const { table, skipBadRows } = known.get(paths[i]!) ?? {};
    if (text) return { ...text, ...(table && { table }), ...(skipBadRows && { reading: { skipBadRows } }) };
    throw badFile(`${paths[i]}, a training text of the run in ${folder}, is missing or can't be read.`, AGAIN);
  });
}
export const AGAIN = 'Name all texts of the run with --text.';

interface Named {
  name: string;
  sha256: string;
}

export interface OwnText extends Named {
  documents?: readonly Named[];
  /** Places of documents of a cleaned text that were removed by hand. */
  leftOut?: readonly number[];
}

/** Returns the texts of a run before cleaning, with their documents if these are recorded. */
export const ownTexts = ({ data, info }: SavedRun): OwnText[] =>
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
export async function asTheyWereRead<F extends { path: string; source: TextSource }>(
  past: SavedRun,
  files: readonly F[],
): Promise<readonly F[]> {
  if (!(await Promise.all(files.map(({ source }) => isOpened(source)))).includes(true)) return files;
  const found: { title: string; sha256: string; file: F }[] = [];
  for (const file of files) {
    // A file without a size may be a pipe, which is read once.
    if (!file.source.table && file.source.size > 0)
      found.push({ title: file.path, sha256: await hashOfFile(file.source), file });
  }
  const known = knownIn(past);
  const others = found.filter(({ sha256 }) => !known.has(sha256));
  const unlisted = ownTexts(past).filter(
    (text) => !text.documents && !found.some(({ sha256 }) => sha256 === text.sha256),
  );
  const together = unlisted.length === 1 ? await orderOf(unlisted[0]!, others) : undefined;
  const plain = new Set(
    [...found.filter(({ sha256 }) => known.has(sha256)), ...(together ?? [])].map(({ file }) => file),
  );
  return files.map((file) => (plain.has(file) ? { ...file, source: { ...file.source, isPlain: true } } : file));
}

export async function hashOfFile(source: TextSource): Promise<string> {
  const hash = await sha256();
  for await (const chunk of source.stream()) hash.update(chunk);
  return hash.hex();
}

/** Hashes of the run's texts, or of their documents if recorded. */
const knownIn = (past: SavedRun): ReadonlySet<string> =>
  new Set(ownTexts(past).flatMap(({ documents, sha256 }) => documents?.map((each) => each.sha256) ?? sha256));

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
 * @param found one document per file; titles are paths
 * @returns also the documents of texts that have several
 * @throws HomegrownError `bad-file` if they aren't the run's
 */
export async function inItsOrder(
  past: SavedRun,
  found: readonly Document[],
): Promise<{ documents: readonly Document[]; documentLists: DocumentLists }> {
  const texts = ownTexts(past);
  const given = new Map(found.map((document) => [document.sha256, document]));
  const known = knownIn(past);
  const others = found.filter(({ sha256 }) => !known.has(sha256));
  // Without recorded documents, the remaining files may be a single text.
  const [unlisted, ...more] = texts.filter(({ documents, sha256 }) => !documents && !given.has(sha256));
  const order = unlisted && more.length === 0 ? await orderOf(unlisted, others) : undefined;
  if (order) unlisted!.documents = order.map(({ title, sha256 }) => ({ name: title!, sha256 }));
  if (!unlisted?.documents && others[0])
    throw unlisted && isSeveral(past)
      ? unlistedDocuments(past, unlisted, others.length)
      : notOurs(past, texts, given, others[0]);
  const documents = texts.flatMap(({ sha256: text, documents = [], ...single }) => {
    const files = documents.length > 0 ? documents : [{ ...single, sha256: text }];
    return files.map(({ name, sha256 }, place): Document => {
      const document = given.get(sha256);
      if (document) return { ...document, text, place };
      throw badFile(`${name} is missing: the run in ${past.folder} trained on it.`, AGAIN);
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

export function notOurs(
  { folder }: SavedRun,
  texts: readonly OwnText[],
  given: ReadonlyMap<string, unknown>,
  { title, sha256 }: Pick<Document, 'title' | 'sha256'>,
): HomegrownError {
  const missing = texts.flatMap(({ documents, ...text }) => documents ?? text).filter((own) => !given.has(own.sha256));
  const before = missing.find(({ name }) => basename(name) === basename(title!));
  if (!before) return badFile(`${title!} is not a training text of the run in ${folder}`, otherwise(folder));
  const [is, was] = [sha256, before.sha256].map((hash) => hash.slice(0, 16));
  return badFile(
    `${title!} has changed since the run in ${folder} trained on it: SHA-256 ${is!}… instead of ${was!}…`,
    otherwise(folder),
  );
}
const anyway = (folder: string): string =>
  `start a new run, or fine-tune this model: npm run tune -- --kind adapt --from ${folder} --text FILE --out OTHER. In the app, Change and continue accepts any text.`;
const otherwise = (folder: string): string =>
  `Nothing was written. Name the original text with --text. To train on another text, ${anyway(folder)}`;

/** @throws HomegrownError `bad-file` if the texts aren't those of the run, in their order */
export function checkSameTexts(past: SavedRun, texts: readonly Named[]): void {
  const { texts: own } = past.data;
  const other = texts.find(({ sha256 }, i) => sha256 !== own[i]?.sha256);
  if (other || texts.length !== own.length) throw notSame(past, (other ?? own[texts.length]!).name);
}
export const notSame = ({ folder }: SavedRun, name: string): HomegrownError =>
  badFile(
    `The content of ${name} is not the training text of the run in ${folder}`,
    `Nothing was written. Name the same files in the same order; name tables with --pairs and their columns. To train on other text, ${anyway(folder)}`,
  );

/** Error for unchanged files whose recipe now gives another text. */
export const cleanedOtherwise = ({ folder }: SavedRun, name: string): HomegrownError =>
  badFile(
    `The recipe now cleans ${name} differently than for the run in ${folder}. Another version of Homegrown cleaned it, or documents were left out by hand`,
    `Nothing was written. An exact continuation isn't possible: ${anyway(folder)}`,
  );

/** @throws HomegrownError `bad-settings` if this build tokenizes or splits the run's texts differently */
export function checkSameData({ folder, data: known }: SavedRun, data: DataFacts): void {
  if (isSameData(known, data)) return;
  const [was, is] = [known, data].map(({ parts }) => formatCount(parts.train.tokens));
  throw badSettings(
    paragraph(
      `The run in ${folder} trained on ${was!} tokens, but its texts now have ${is!}`,
      'An older Homegrown chose a different validation set for several texts',
    ),
    `Nothing was written. An exact continuation isn't possible: ${anyway(folder)}`,
  );
}
