/** A run that goes on from its folder: what is settled in it, and its texts, found where they lay or given again. */
import { badFile, badSettings, type HomegrownError, paragraph } from '../src/core/base/errors';
import { flagOf } from '../src/core/base/field';
import { sha256 } from '../src/core/base/hash';
import { formatCount } from '../src/core/base/units';
import type { Snapshot } from '../src/core/checkpoint/snapshot';
import { type RunInfo, segmentsOf, toldSegments, withoutStep } from '../src/core/export/homegrownJson';
import { continued, dataOf, isMeasuredAlike, isSameData, recipeOf } from '../src/core/runs/segments';
import { type DataFacts, decisionOfFork, type ToldDocuments } from '../src/core/runs/settings';
import { basename } from 'node:path';
import type { Document } from '../src/core/base/document';
import type { TextSource } from '../src/core/documents';
import { hashOf, isOpened } from '../src/core/documents';
import type { Recipe } from '../src/core/documents/clean/recipe';
import type { Tokenizer } from '../src/core/tokenizer/tokenizer';
import { RECIPE, type Recipe as TrainRecipe } from '../src/core/train/recipe';
import type { DeviceKind, TrainEvent } from '../src/core/train/run';
import { settingsOf } from './fields';
import { type Local, readLocal } from './local';
import { type Options, UsageError, type Values } from './options';
import { readModel } from './read';
import { recipeOfRun } from './recipe';
import { sizeFlags } from './sizeFlags';
import { textFile } from './sources';

export interface Past {
  folder: string;
  info: RunInfo;
  /** What is read of the folder: all of the model, and what training goes on from besides. */
  /** What it learnt from last. */
  data: DataFacts;
  tokenizer: Tokenizer;
  snapshot: Snapshot;
  /** The curve up to the step. */
  events: readonly TrainEvent[];
  local: Local | null;
  /** What those of its texts were cleaned by that were; absent where all were learnt as they are. */
  recipe?: Recipe;
}

/** @throws HomegrownError `bad-file` where the folder has not what a run goes on from */
export async function openPast(folder: string): Promise<Past> {
  const { info, tokenizer, snapshot, resumable, events } = await readModel(folder);
  if (!info) throw endsHere(folder, 'homegrown.json, with the training settings, is missing');
  const data = dataOf(info);
  if (!data) throw endsHere(folder, "homegrown.json doesn't name the training text");
  if (!resumable) throw endsHere(folder, 'optimizer.safetensors, needed for an exact continuation, is missing');
  const known = events.filter((event) => event.kind !== 'compiling' && event.step <= info.state.step);
  const recipe = await recipeOfRun(folder, data);
  const local = await readLocal(folder);
  return { folder, info, data, tokenizer, snapshot, events: known, local, ...(recipe && { recipe }) };
}

const endsHere = (folder: string, why: string): HomegrownError =>
  badFile(`Can't resume the run in ${folder}: ${why}`, 'Name a folder that grow wrote, or start a new run.');

/**
 * The run from its step on, by a recipe that may be other than it was: what the folder is to tell, and where it begins.
 * @param own what is new of it where it is another run, in another folder
 */
export function goingOn(
  { info, data, snapshot, events }: Past,
  recipe: TrainRecipe,
  own: Pick<RunInfo, 'id' | 'createdAt'> | null,
): { info: RunInfo; from: Snapshot } {
  const { step } = info.state;
  const { waited, ...state } = snapshot.state;
  const segments = toldSegments(continued(segmentsOf(info), step, { recipe, data: { id: null, facts: data } }));
  const isAnew = segments.at(-1)!.after === step;
  const { version, id, parent, ...rest } = withoutStep(info);
  const from = own ? parentOf(info) : parent;
  const { decision } = info;
  return {
    info: {
      version,
      id,
      ...(from && { parent: from }),
      ...rest,
      ...own,
      ...(own && decision && { decision: decisionOfFork(decision) }),
      segments,
      ...(isAnew && { result: null }),
    },
    from: {
      ...snapshot,
      state: { ...state, best: bestSaved(segments, info, events), ...(waited && !isAnew && { waited }) },
    },
  };
}

/** What a run tells when its length has changed on the way. */
export function withSteps(info: RunInfo, steps: number): RunInfo {
  const [first, ...rest] = info.segments.map((segment, i, { length }) =>
    i === length - 1 ? { ...segment, recipe: { ...segment.recipe, steps } } : segment,
  );
  return { ...info, segments: [first!, ...rest] };
}

const parentOf = ({ id, name, state }: RunInfo): NonNullable<RunInfo['parent']> => ({
  id,
  step: state.step,
  how: 'fork',
  name,
});

/** Of the steps that were saved, as the loop had it that saved them: the folder tells of the newest alone. */
function bestSaved(
  segments: RunInfo['segments'],
  { state }: RunInfo,
  events: readonly TrainEvent[],
): Snapshot['state']['best'] {
  const isAlike = isMeasuredAlike({ segments }, state.step + 1);
  let best = state.best && isAlike(state.best) ? state.best : null;
  for (const event of events) {
    if (event.kind !== 'evaluated' || event.step % recipeOf({ segments }).saveEvery !== 0 || !isAlike(event)) continue;
    if (event.loss < (best?.loss ?? Infinity)) best = { step: event.step, loss: event.loss };
  }
  return best;
}

/** @throws UsageError where a flag is given that would make it another run */
export function checkSettled(given: ReadonlySet<string>): void {
  const settled = [
    'recipe',
    'tokenizer',
    'special',
    'model',
    'held-out',
    'split-seed',
    'test-share',
    ...Object.keys(sizeFlags()),
    'objective',
    'optimizer',
  ];
  const flag = settled.find((name) => given.has(name));
  if (flag === undefined) return;
  throw new UsageError(`--${flag} can't change when a run resumes. Remove it, or start a new run.`);
}

/**
 * The run's own recipe, but for what is given.
 * @throws HomegrownError `bad-settings` where all of its steps are done
 */
export function recipeGoingOn({ folder, info }: Past, typed: Values<Options>, given: ReadonlySet<string>): TrainRecipe {
  const settings = Object.entries(settingsOf(RECIPE, typed)).filter(([name]) => given.has(flagOf(name)));
  const { recompute, ...own } = recipeOf(info);
  const recipe: TrainRecipe = { ...own, ...Object.fromEntries(settings), recompute };
  const { step } = info.state;
  if (step < recipe.steps) return recipe;
  throw badSettings(
    `The run in ${folder} has already finished step ${formatCount(step)} of ${formatCount(recipe.steps)}.`,
    'Raise the total with --steps.',
  );
}

/** Where it ran, by the words of `homegrown.json`. */
export function deviceOf({ info: { device } }: Past): DeviceKind | 'auto' {
  if (device?.endsWith('WebGPU')) return 'webgpu';
  return device === 'WASM' ? 'wasm' : device === 'CPU' ? 'cpu' : 'auto';
}

/** Where the files of the run's texts lay. @throws HomegrownError `bad-file` */
export function laidPaths(past: Past): readonly string[] {
  const { folder, local, recipe } = past;
  // Of one that was cleaned not all that was read is told; that they are those is seen when they are read.
  if (recipe && local) return local.texts.map(({ path }) => path);
  const paths = new Map(local?.texts.map(({ path, sha256 }) => [sha256, path]));
  const files = ownTexts(past).flatMap(({ documents, ...text }) => documents ?? [text]);
  return files.map(({ name, sha256 }) => {
    const found = paths.get(sha256);
    if (found !== undefined) return found;
    throw badFile(`The path of ${name}, a training text of the run in ${folder}, is not known.`, AGAIN);
  });
}

/** What lies there now. @throws HomegrownError `bad-file` of the first that does not */
export async function openLaid({ folder, local }: Past, paths: readonly string[]): Promise<TextSource[]> {
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
  /** Of one that was cleaned: places of documents that were left out by hand. */
  leftOut?: readonly number[];
}
/** The texts of a run as they were read; of one that is several documents, which those are, where that is told. */
export const ownTexts = ({ data, info }: Past): OwnText[] =>
  data.texts.map(({ name, sha256: learnt, cleaned }) => {
    const sha256 = cleaned?.from ?? learnt;
    const told = info.documents?.find(({ text }) => text === sha256);
    if (!told) return { name, sha256 };
    const documents = told.title.map((title, i) => ({ name: title, sha256: told.sha256[i]! }));
    return { name, sha256, documents, ...(told.leftOut && { leftOut: told.leftOut }) };
  });

/**
 * Files out of which documents are taken today, and which a run learnt from as they are, markup and all, are read so again:
 * those whose hash it has, and those of a text of several whose hashes together it has.
 */
export async function asTheyWereRead<F extends { path: string; source: TextSource }>(
  past: Past,
  files: readonly F[],
): Promise<readonly F[]> {
  if (!(await Promise.all(files.map(({ source }) => isOpened(source)))).includes(true)) return files;
  const found: { title: string; sha256: string; file: F }[] = [];
  for (const file of files) {
    // What tells no size may be a pipe, which is read once.
    if (!file.source.table && file.source.size > 0)
      found.push({ title: file.path, sha256: await hashOfFile(file.source), file });
  }
  const known = knownIn(past);
  const others = found.filter(({ sha256 }) => !known.has(sha256));
  const untold = ownTexts(past).filter(
    (text) => !text.documents && !found.some(({ sha256 }) => sha256 === text.sha256),
  );
  const together = untold.length === 1 ? await orderOf(untold[0]!, others) : undefined;
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

/** Hashes of the run's texts and, where those are told, of their documents. */
const knownIn = (past: Past): ReadonlySet<string> =>
  new Set(ownTexts(past).flatMap(({ documents, sha256 }) => documents?.map((each) => each.sha256) ?? sha256));

/** Files that together are a text, in the order in which it has them: as they are given, or as the app takes them. */
async function orderOf<F extends { title?: string; sha256: string }>(
  { sha256: text }: Named,
  files: readonly F[],
): Promise<readonly F[] | undefined> {
  for (const order of files.length > 1 ? [files, byTitle(files)] : [])
    if ((await hashOf(order.map(({ sha256 }) => sha256))) === text) return order;
  return undefined;
}

/**
 * What was read of the files, a document each, in the order in which the run has it and each of its text.
 * @param found titles are paths
 * @returns what the run's texts of several documents are, too
 * @throws HomegrownError `bad-file` where they are not the run's
 */
export async function inItsOrder(
  past: Past,
  found: readonly Document[],
): Promise<{ documents: readonly Document[]; told: ToldDocuments }> {
  const texts = ownTexts(past);
  const given = new Map(found.map((document) => [document.sha256, document]));
  const known = knownIn(past);
  const others = found.filter(({ sha256 }) => !known.has(sha256));
  // Not told: a single text may be all that is left over.
  const [untold, ...more] = texts.filter(({ documents, sha256 }) => !documents && !given.has(sha256));
  const order = untold && more.length === 0 ? await orderOf(untold, others) : undefined;
  if (order) untold!.documents = order.map(({ title, sha256 }) => ({ name: title!, sha256 }));
  if (!untold?.documents && others[0])
    throw untold && isSeveral(past) ? notTold(past, untold, others.length) : notOurs(past, texts, given, others[0]);
  const documents = texts.flatMap(({ sha256: text, documents = [], ...single }) => {
    const files = documents.length > 0 ? documents : [{ ...single, sha256: text }];
    return files.map(({ name, sha256 }, place): Document => {
      const document = given.get(sha256);
      if (document) return { ...document, text, place };
      throw badFile(`${name} is missing: the run in ${past.folder} trained on it.`, AGAIN);
    });
  });
  const told = texts.flatMap(({ sha256: text, documents }) =>
    documents
      ? [{ text, title: documents.map(({ name }) => name), sha256: documents.map(({ sha256 }) => sha256) }]
      : [],
  );
  return { documents, told };
}

const isSeveral = ({ data: { texts, parts } }: Past): boolean => (parts.train.documents ?? 1) > texts.length;

const notTold = ({ folder }: Past, { name }: Named, files: number): HomegrownError =>
  badFile(
    `${name}, a training text of the run in ${folder}, is not these ${files} files in this order. The folder doesn't list its documents`,
    'Name exactly its files, in the order in which they were added.',
  );

const byTitle = <F extends { title?: string }>(files: readonly F[]): readonly F[] =>
  [...files].sort((a, b) => (a.title! < b.title! ? -1 : 1));

export function notOurs(
  { folder }: Past,
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

/** @throws HomegrownError `bad-file` where tables and others that documents are in are not those that the run learnt from, in their order */
export function checkSameTexts(past: Past, texts: readonly Named[]): void {
  const { texts: own } = past.data;
  const other = texts.find(({ sha256 }, i) => sha256 !== own[i]?.sha256);
  if (other || texts.length !== own.length) throw notSame(past, (other ?? own[texts.length]!).name);
}

export const notSame = ({ folder }: Past, name: string): HomegrownError =>
  badFile(
    `The content of ${name} is not the training text of the run in ${folder}`,
    `Nothing was written. Name the same files in the same order; name tables with --pairs and their columns. To train on other text, ${anyway(folder)}`,
  );

/** Where the files are those that they were, and the recipe is. */
export const cleanedOtherwise = ({ folder }: Past, name: string): HomegrownError =>
  badFile(
    `The recipe now cleans ${name} differently than for the run in ${folder}. Another version of Homegrown cleaned it, or documents were left out by hand`,
    `Nothing was written. An exact continuation isn't possible: ${anyway(folder)}`,
  );

/** @throws HomegrownError `bad-settings` where today's build cuts the run's texts in another way */
export function checkSameData({ folder, data: known }: Past, data: DataFacts): void {
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
