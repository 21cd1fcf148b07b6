/** A run that goes on from its folder: what is settled in it, and its texts, found where they lay or given again. */
import { badFile, badSettings, type HomegrownError, paragraph } from '../src/core/base/errors';
import { formatCount } from '../src/core/base/units';
import type { Snapshot } from '../src/core/checkpoint/snapshot';
import { type RunInfo, segmentsOf, toldSegments } from '../src/core/export/homegrownJson';
import { continued, dataOf, isMeasuredAlike, isSameData, recipeOf } from '../src/core/runs/segments';
import type { DataFacts } from '../src/core/runs/settings';
import type { TextRecord, TextSource } from '../src/core/documents';
import type { Tokenizer } from '../src/core/tokenizer/tokenizer';
import { RECIPE, type Recipe } from '../src/core/train/recipe';
import type { DeviceKind, TrainEvent } from '../src/core/train/run';
import { flagOf, settingsOf } from './fields';
import { type Local, readLocal } from './local';
import { type Options, UsageError, type Values } from './options';
import { readModel } from './read';
import { sizeFlags } from './sizeFlags';
import { textFile } from './terminal';

export interface Past {
  folder: string;
  info: RunInfo;
  /** What it learnt from last. */
  data: DataFacts;
  tokenizer: Tokenizer;
  snapshot: Snapshot;
  /** The curve up to the step. */
  events: readonly TrainEvent[];
  local: Local | null;
}

/** @throws HomegrownError `bad-file` where the folder has not what a run goes on from */
export async function openPast(folder: string): Promise<Past> {
  const { info, tokenizer, snapshot, resumable, events } = await readModel(folder);
  if (!info) throw endsHere(folder, 'It has no homegrown.json, which says how it was trained');
  const data = dataOf(info);
  if (!data) throw endsHere(folder, 'It does not say what it learnt from');
  if (!resumable) throw endsHere(folder, 'It has no optimizer.safetensors, without which training goes another way');
  const known = events.filter((event) => event.kind !== 'compiling' && event.step <= info.state.step);
  return { folder, info, data, tokenizer, snapshot, events: known, local: await readLocal(folder) };
}

const endsHere = (folder: string, why: string): HomegrownError =>
  badFile(`The run in ${folder} cannot go on. ${why}`, 'Give a folder that grow has written, or begin a new run.');

/**
 * The run from its step on, by a recipe that may be other than it was: what the folder is to tell, and where it begins.
 * @param own what is new of it where it is another run, in another folder
 */
export function goingOn(
  { info, data, snapshot, events }: Past,
  recipe: Recipe,
  own: Pick<RunInfo, 'id' | 'createdAt'> | null,
): { info: RunInfo; from: Snapshot } {
  const { step } = info.state;
  const segments = toldSegments(continued(segmentsOf(info), step, { recipe, data: { id: null, facts: data } }));
  const isAnew = segments.at(-1)!.after === step;
  // What was not kept is in the curve.
  const { version, id, parent, bestNotKept: _, ...rest } = info;
  const from = own ? parentOf(info) : parent;
  return {
    info: {
      version,
      id,
      ...(from && { parent: from }),
      ...rest,
      ...own,
      segments,
      ...(isAnew && { result: null }),
    },
    from: { ...snapshot, state: { ...snapshot.state, best: bestSaved(segments, info, events) } },
  };
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
    'tokenizer',
    'special',
    'model',
    'test-share',
    ...Object.keys(sizeFlags()),
    'objective',
    'optimizer',
  ];
  const flag = settled.find((name) => given.has(name));
  if (flag === undefined) return;
  throw new UsageError(`--${flag} is settled in a run that goes on. Leave it out, or begin a new run.`);
}

/**
 * The run's own recipe, but for what is given.
 * @throws HomegrownError `bad-settings` where all of its steps are done
 */
export function recipeGoingOn({ folder, info }: Past, typed: Values<Options>, given: ReadonlySet<string>): Recipe {
  const settings = Object.entries(settingsOf(RECIPE, typed)).filter(([name]) => given.has(flagOf(name)));
  const { recompute, ...own } = recipeOf(info);
  const recipe: Recipe = { ...own, ...Object.fromEntries(settings), recompute };
  const { step } = info.state;
  if (step < recipe.steps) return recipe;
  throw badSettings(
    `Step ${formatCount(step)} of ${formatCount(recipe.steps)} is done in ${folder}.`,
    'Ask for more in all with --steps.',
  );
}

/** Where it ran, by the words of `homegrown.json`. */
export function deviceOf({ info: { device } }: Past): DeviceKind | 'auto' {
  if (device?.endsWith('WebGPU')) return 'webgpu';
  return device === 'WASM' ? 'wasm' : device === 'CPU' ? 'cpu' : 'auto';
}

/** Where the run's texts lay. @throws HomegrownError `bad-file` */
export function laidPaths({ folder, data, local }: Past): readonly string[] {
  return data.texts.map(({ name, sha256 }) => {
    const found = local?.texts.find((text) => text.sha256 === sha256);
    if (found) return found.path;
    throw badFile(`Where ${name} lies, which the run in ${folder} learnt from, is not known.`, AGAIN);
  });
}

/** What lies there now. @throws HomegrownError `bad-file` of the first that does not */
export async function openLaid({ folder }: Past, paths: readonly string[]): Promise<TextSource[]> {
  const texts = await Promise.all(paths.map((path) => textFile(path).catch(() => null)));
  return texts.map((text, i) => {
    if (text) return text;
    throw badFile(`The run in ${folder} learnt from ${paths[i]}, which is not there or cannot be read.`, AGAIN);
  });
}
const AGAIN = 'Give all texts of the run again with --text.';

/** These texts in the order in which the run has them. @throws HomegrownError `bad-file` where they are not the run's */
export function inItsOrder({ folder, data }: Past, texts: readonly TextRecord[]): readonly TextRecord[] {
  const own = data.texts;
  const other = texts.find(({ sha256 }) => !own.some((text) => text.sha256 === sha256));
  if (other) {
    const before = own.find(({ name }) => name === other.name);
    const what = before ? 'has changed since' : 'is not among what';
    const [is, was] = [other, before].map((text) => text?.sha256.slice(0, 16));
    const hashes = before && `: its SHA-256 begins with ${is!}, and began with ${was!}`;
    const whose = `the run in ${folder} learnt from${before ? ' it' : ''}`;
    throw badFile(`${other.name} ${what} ${whose}${hashes ?? ''}`, OTHERWISE);
  }
  return own.map(({ name, sha256 }) => {
    const text = texts.find((each) => each.sha256 === sha256);
    if (text) return text;
    throw badFile(`${name} is not given, which the run in ${folder} learnt from.`, AGAIN);
  });
}
const ANYWAY = 'begin a new run, or bring the folder into the app, whose Change and continue takes any text.';
const OTHERWISE = `Nothing was written. Give the text as it was with --text. To learn from another, ${ANYWAY}`;

/** @throws HomegrownError `bad-settings` where today's build cuts the run's texts in another way */
export function checkSameData({ folder, data: known }: Past, data: DataFacts): void {
  if (isSameData(known, data)) return;
  const [was, is] = [known, data].map(({ parts }) => formatCount(parts.train.tokens));
  throw badSettings(
    paragraph(
      `The run in ${folder} learnt from ${was!} tokens, and its texts are cut into ${is!} today`,
      'An older Homegrown held out another part of several texts',
    ),
    `Nothing was written. It cannot go on exactly: ${ANYWAY}`,
  );
}
