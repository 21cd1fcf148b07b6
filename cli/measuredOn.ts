/** What a model is measured on: files that are given, or a part that its run has held out. */
import { badSettings } from '../src/core/base/errors';
import { BETWEEN_LABELS } from '../src/core/base/labels';
import { unwatched } from '../src/core/base/job';
import { held, tokenised } from '../src/core/evaluate/blocks';
import { heldPair, type HeldPair } from '../src/core/evaluate/heldPairs';
import { heldText, type HeldText } from '../src/core/evaluate/heldTexts';
import { type OfPart, partToEvaluate } from '../src/core/evaluate/ofPart';
import type { ToEvaluate } from '../src/core/evaluate/readings/reading';
import type { RunInfo } from '../src/core/export/homegrownJson';
import type { ImportedModel } from '../src/core/export/incoming';
import { learntFrom } from '../src/core/objectives';
import { countTargets } from '../src/core/objectives/pairRows';
import { recipeOf } from '../src/core/runs/segments';
import { storedBaselines } from '../src/core/runs/storedBaselines';
import { pairsOf, textsOf } from './documents';
import { skipping } from './badRows';
import { encodingOf } from './encoding';
import { examplesAsked, saidOfNone } from './examples';
import type { Unlabelled } from '../src/core/documents/labels/labelling';
import { isTable, withColumnsOf } from './pairs';
import { prepare, type Prepared } from './prepared';
import { readWeights } from './read';
import { laidPaths, openLaid, openPast, type Past } from './resume';
import { stderr } from './terminal';

export interface Given extends Pick<ImportedModel, 'model' | 'tokenizer' | 'snapshot'>, Pick<ToEvaluate, OfPart> {
  info: RunInfo | null;
  /** The run whose own part it is. */
  past?: Past;
}

interface Asked {
  from: string;
  adapter?: string | undefined;
  text?: readonly string[] | undefined;
  pairs?: readonly string[] | undefined;
  table?: readonly string[] | undefined;
  unlabelled?: Unlabelled | undefined;
  encoding?: string | undefined;
  'skip-bad-rows'?: boolean | undefined;
  train?: readonly string[] | undefined;
}

/** Files that are given. */
export async function givenFiles(
  { from, adapter, text = [], pairs, table, unlabelled, encoding, train: learnt, 'skip-bad-rows': skips }: Asked,
  signal: AbortSignal,
): Promise<Given> {
  const { model, tokenizer, snapshot, info } = await readWeights(from, signal, adapter);
  if (table) {
    const of = (tables: readonly string[]) =>
      heldTextsOf({ tables, unlabelled, encoding, 'skip-bad-rows': skips }, model, tokenizer, signal);
    return {
      model,
      tokenizer,
      snapshot,
      info,
      labelled: await of(table),
      ...(learnt && { learntTexts: await of(learnt) }),
    };
  }
  const reading = skipping(skips);
  const rowsOf = async (tables: readonly string[]): Promise<readonly HeldPair[]> =>
    (await pairsOf(tables, signal, reading)).map(({ name, input, target }) => heldPair(tokenizer, input, target, name));
  const [first] = pairs ?? [];
  const tables = first === undefined ? [] : (learnt ?? []).filter(isTable).map((each) => withColumnsOf(first, each));
  const texts = learnt?.filter((each) => first === undefined || !isTable(each));
  const train = texts && (await textsOf(texts, signal, reading)).map((each) => tokenised(tokenizer, each.text));
  const of = { model, tokenizer, snapshot, info, train };
  if (pairs) {
    const learntPairs = await rowsOf(tables);
    const read = (place: number): Promise<HeldPair> => Promise.resolve(learntPairs[place]!);
    const counts = tables.length > 0 ? await countTargets({ count: learntPairs.length, read }, tokenizer) : undefined;
    return { ...of, pairs: await rowsOf(pairs), learntPairs, counts };
  }
  return {
    ...of,
    documents: (await textsOf(text, signal, reading)).map((each) => held(tokenizer, each.text, each.name)),
  };
}

/** Of tables, or folders of folders, those that have a label, or are said to have none. */
async function heldTextsOf(
  {
    tables,
    unlabelled,
    encoding,
    'skip-bad-rows': skips,
  }: Pick<Asked, 'unlabelled' | 'encoding' | 'skip-bad-rows'> & { tables: readonly string[] },
  { config }: ImportedModel['model'],
  tokenizer: ImportedModel['tokenizer'],
  signal: AbortSignal,
): Promise<readonly HeldText[]> {
  const as = config.classes?.several ? { between: BETWEEN_LABELS } : {};
  const note = (words: string): void => stderr.write(`${words}\n`);
  const asked = {
    tables,
    as,
    merge: false,
    fewest: undefined,
    unlabelled,
    encoding: encodingOf(encoding),
    ...skipping(skips),
  };
  const { documents, texts, survey } = await examplesAsked(asked, note, { ...unwatched, signal });
  if (as.between && !unlabelled && survey.unlabelled > 0) throw saidOfNone(survey);
  const names = new Map(texts.map(({ id, name }) => [id, name]));
  const all: HeldText[] = [];
  for (const [place, { fields, chunks, text: id = '' }] of documents.entries()) {
    const label = fields?.['label'];
    if (label === undefined) continue;
    let text = '';
    for await (const chunk of chunks()) text += chunk;
    all.push(heldText(tokenizer, { text, label }, place, names.get(id) ?? ''));
  }
  return all;
}

/** What a run learnt from and held out, read again. @throws HomegrownError `bad-file` where its texts do not lie as they lay */
export async function ownParts(past: Past, signal: AbortSignal): Promise<Prepared> {
  const note = (words: string): void => stderr.write(`${words}\n`);
  if (past.local?.examples) return prepare([], past, note, { ...unwatched, signal });
  const paths = laidPaths(past);
  const laid = await openLaid(past, paths);
  const files = paths.map((path, i) => ({ path, source: laid[i]! }));
  return prepare(files, past, note, { ...unwatched, signal });
}

/** A part of the texts of the run that the folder is of. @throws HomegrownError `bad-file` where they do not lie as they lay */
export async function ownText(from: string, part: 'validation' | 'test', signal: AbortSignal): Promise<Given> {
  const past = await openPast(from);
  const { info, tokenizer, snapshot } = past;
  const { sources, measured, ...parts } = await ownParts(past, signal);
  const heldOut = parts[part];
  if (!heldOut)
    throw badSettings(
      `The run in ${from} has no test set.`,
      'Evaluate on --part validation, or train a model with --test-share.',
    );
  const of = { model: { ...info.model, vocabulary: tokenizer.size }, tokenizer, snapshot, info, past };
  const { context } = info.model.config;
  const { objective } = recipeOf(info);
  const learnt = learntFrom(objective);
  const sourceOf = (place: number): string => sources[place] ?? '';
  const measuredRun = { model: info.model, objective };
  const stored = storedBaselines(measuredRun, parts.data, parts.data, part) && measured;
  const heldOutOf = { heldOut, train: parts.train };
  return { ...of, ...(await partToEvaluate(heldOutOf, tokenizer, sourceOf, learnt, context, stored)) };
}
