/** Data for an evaluation: named files, or a held-out part of the run. */
import { badSettings } from '../../src/core/base/errors';
import { BETWEEN_LABELS } from '../../src/core/base/labels';
import { unwatched } from '../../src/core/base/job';
import { held, tokenised } from '../../src/core/evaluate/blocks';
import { heldPair, type HeldPair } from '../../src/core/evaluate/heldPairs';
import { heldText, type HeldText } from '../../src/core/evaluate/heldTexts';
import type { OfPart } from '../../src/core/evaluate/ofPart';
import type { ToEvaluate } from '../../src/core/evaluate/readings/reading';
import type { RunInfo } from '../../src/core/export/homegrownJson';
import type { ImportedModel } from '../../src/core/export/incoming';
import { readHeldOut } from '../../src/jobs/heldOutPart';
import { countTargets } from '../../src/core/objectives/pairRows';
import { recipeOf } from '../../src/core/runs/segments';
import type { EncodingId } from '../../src/core/documents';
import { pairsOf, textsOf } from './documents';
import { readExamples, unlabeledError } from './examples';
import type { Unlabeled } from '../../src/core/documents/labels/labelChanges';
import { heldOutIn, prepareRunData, type RunData } from './runData';
import { readWeights } from '../folders/readModel';
import type { AskedPairs, AskedTable } from './tables';
import { openSavedRun, type SavedRun } from '../folders/savedRun';
import { stderr } from '../output';
import { trainingPaths, openTrainingFiles } from './savedTexts';

export interface EvaluationData
  extends Pick<ImportedModel, 'model' | 'tokenizer' | 'snapshot'>, Pick<ToEvaluate, OfPart> {
  info: RunInfo | null;
  /** The run, if the part is its own. */
  past?: SavedRun;
}

/** Training text, for baselines. */
export interface Train {
  text?: readonly string[];
  pairs?: readonly AskedPairs[];
  tables?: readonly AskedTable[];
}

interface NamedFilesRequest {
  from: string;
  adapter?: string | undefined;
  text?: readonly string[] | undefined;
  pairs?: readonly AskedPairs[] | undefined;
  tables?: readonly AskedTable[] | undefined;
  unlabeled?: Unlabeled | undefined;
  encoding?: EncodingId | undefined;
  skipBadRows?: true;
  train?: Train | undefined;
}

/** Reads files that a person named, and the model. */
export async function readNamedFiles(asked: NamedFilesRequest, signal: AbortSignal): Promise<EvaluationData> {
  const { from, adapter, text = [], pairs, tables, train, ...reading } = asked;
  const { model, tokenizer, snapshot, info } = await readWeights(from, signal, adapter);
  const loadedModel = { model, tokenizer, snapshot, info };
  if (tables) {
    const readTables = (each: readonly AskedTable[]) => heldTextsOf(each, { ...reading, model, tokenizer }, signal);
    return {
      ...loadedModel,
      labeled: await readTables(tables),
      ...(train?.tables && { trainingTexts: await readTables(train.tables) }),
    };
  }
  const skips = reading.skipBadRows ? { skipBadRows: true as const } : {};
  const readPairs = async (requestedTables: readonly AskedPairs[]): Promise<readonly HeldPair[]> =>
    (await pairsOf(requestedTables, signal, skips)).map(({ name, input, target }) =>
      heldPair(tokenizer, input, target, name),
    );
  const tokens =
    train?.text && (await textsOf(train.text, signal, skips)).map((each) => tokenised(tokenizer, each.text));
  if (pairs) {
    const trainingPairs = await readPairs(train?.pairs ?? []);
    const readPair = (place: number): Promise<HeldPair> => Promise.resolve(trainingPairs[place]!);
    const counts = train?.pairs?.length
      ? await countTargets({ count: trainingPairs.length, read: readPair }, tokenizer)
      : undefined;
    return { ...loadedModel, train: tokens, pairs: await readPairs(pairs), trainingPairs, counts };
  }
  const documents = (await textsOf(text, signal, skips)).map((each) => held(tokenizer, each.text, each.name));
  return nonEmpty({ ...loadedModel, train: tokens, documents });
}

/** @throws HomegrownError `bad-settings` without any document */
function nonEmpty(data: EvaluationData): EvaluationData {
  if (data.documents?.length !== 0) return data;
  throw badSettings('All texts are empty: nothing to evaluate on.', 'Name files that are not empty.');
}

interface LabeledFor
  extends
    Pick<NamedFilesRequest, 'unlabeled' | 'encoding' | 'skipBadRows'>,
    Pick<EvaluationData, 'model' | 'tokenizer'> {}

/** Texts of tables, or of folders with a subfolder per label, that have a label or count as having none. */
async function heldTextsOf(
  tables: readonly AskedTable[],
  { model, tokenizer, unlabeled, encoding, skipBadRows }: LabeledFor,
  signal: AbortSignal,
): Promise<readonly HeldText[]> {
  const labeledAs = model.config.classes?.several ? { between: BETWEEN_LABELS } : {};
  const note = (words: string): void => stderr.write(`${words}\n`);
  const reading = { unlabeled, encoding, ...(skipBadRows && { skipBadRows }) };
  const request = { tables, as: labeledAs, merge: false, minTexts: undefined, ...reading };
  const { documents, texts, survey } = await readExamples(request, note, { ...unwatched, signal });
  if (labeledAs.between && !unlabeled && survey.unlabeled > 0) throw unlabeledError(survey);
  const names = new Map(texts.map(({ id, name }) => [id, name]));
  const heldTexts: HeldText[] = [];
  for (const [place, { fields, chunks, text: id = '' }] of documents.entries()) {
    const label = fields?.['label'];
    if (label === undefined) continue;
    let text = '';
    for await (const chunk of chunks()) text += chunk;
    heldTexts.push(heldText(tokenizer, { text, label }, place, names.get(id) ?? ''));
  }
  return heldTexts;
}

/** Reads the data of a saved run again. @throws HomegrownError `bad-file` if its texts moved or changed */
export async function readSavedData(past: SavedRun, signal: AbortSignal): Promise<RunData> {
  const note = (words: string): void => stderr.write(`${words}\n`);
  if (past.local?.examples) return prepareRunData([], past, note, { ...unwatched, signal });
  const paths = trainingPaths(past);
  const laid = await openTrainingFiles(past, paths);
  const files = paths.map((path, i) => ({ path, source: laid[i]! }));
  return prepareRunData(files, past, note, { ...unwatched, signal });
}

/** Reads a held-out part of the run in a folder. @throws HomegrownError `bad-file` if its texts moved or changed */
export async function readHeldOutSet(
  from: string,
  part: 'validation' | 'test',
  signal: AbortSignal,
): Promise<EvaluationData> {
  const past = await openSavedRun(from);
  const { info, tokenizer, snapshot } = past;
  const run = { model: info.model, objective: recipeOf(info).objective };
  const heldOut = heldOutIn(await readSavedData(past, signal), run, part);
  if (!heldOut)
    throw badSettings(
      `The run in ${from} has no test set.`,
      'Evaluate on --part validation, or train a model with --test-share.',
    );
  const loadedModel = { model: { ...info.model, vocabulary: tokenizer.size }, tokenizer, snapshot, info, past };
  return nonEmpty({ ...loadedModel, ...(await readHeldOut(heldOut, tokenizer)) });
}
