/** Scores of a model on held-out text, with intervals, baselines and error analysis. */
import { badSettings, HomegrownError, paragraph } from '../base/errors';
import { yieldUntil } from '../base/job';
import type { Network } from '../models/network';
import { evaluatedAs } from '../objectives';
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { Evaluation } from './evaluation';
import { FIGURE_IDS, type FigureId } from './figures';
import { listsOf } from './lists';
import { READINGS } from './readings';
import type { EvaluationJob, Part, Read, Reading, ToEvaluate } from './readings/reading';

export type { EvaluationJob, ToEvaluate } from './readings/reading';

/**
 * Evaluates each requested part separately. Leaves out a part that can't be measured, with its reason, unless all fail.
 * @returns figures in the order of FIGURES
 * @throws HomegrownError `bad-settings` if nothing can be measured; the abort reason of the signal
 */
export async function evaluate(
  network: Network,
  tokenizer: Tokenizer,
  asked: ToEvaluate,
  job: EvaluationJob,
): Promise<Evaluation> {
  const as = evaluatedAs(asked.objective, network.choice);
  if (typeof as !== 'string') throw badSettings(as.unmeasured, 'Train shows its loss and samples.');
  const { metrics: names, besides = [], minimalPairs, swaps, tasks, seed = 0 } = asked;
  const isAsked = (id: FigureId): boolean => names?.includes(id) ?? true;
  const own = READINGS.filter(({ figures, onlyAsked }) =>
    names ? figures.some(isAsked) : !onlyAsked || figures.some((id) => besides.includes(id)),
  );
  const readings = own.filter(({ of, models }) => asked[of] && models.includes(as));
  if (readings.length === 0 && !minimalPairs && !swaps && !tasks)
    throw badSettings(
      as === 'labels' ? CLASSIFIER : (own.find(({ of }) => asked[of])?.unfit ?? NOT_GIVEN[own[0]?.of ?? 'documents']),
      'Evaluate decoders and encoders on text, encoder-decoders on pairs of input and target, classifiers on labeled texts.',
    );
  const { pause = yieldUntil(job.signal), report } = job;
  const read: Read = { network, tokenizer, asked: { ...asked, seed }, isAsked, pause, report };
  const parts = readings.map((reading) => ({ names: reading.figures.filter(isAsked), read: () => reading.read(read) }));
  const found = await foundIn([...parts, ...listsOf(read)]);
  const { metrics, ...rest } = joined(found, isAsked);
  const { finite, others } = parted(metrics);
  return {
    ...extentOf(asked, tokenizer),
    ...rest,
    metrics: finite,
    leftOut: once([
      ...notMeasured(names, readings, asked),
      ...others,
      ...found.flatMap(({ leftOut = [] }) => leftOut.filter(({ name }) => !Object.hasOwn(finite, name))),
    ]),
  };
}

/** Removes duplicates, because several readings may leave out the same figure. */
const once = (leftOut: Evaluation['leftOut']): Evaluation['leftOut'] =>
  leftOut.filter(
    ({ name, reason }, i) => leftOut.findIndex((each) => each.name === name && each.reason === reason) === i,
  );

/** Runs the parts in sequence. @throws HomegrownError the first error if all fail */
async function foundIn(parts: readonly Part[]): Promise<readonly Partial<Evaluation>[]> {
  const found: Partial<Evaluation>[] = [];
  const failed: HomegrownError[] = [];
  for (const { names, read } of parts) {
    try {
      found.push(await read());
    } catch (error) {
      if (!(error instanceof HomegrownError && OF_THE_PART.has(error.code))) throw error;
      failed.push(error);
      const reason = paragraph(error.message, error.remedy);
      found.push({ leftOut: names.map((name) => ({ name, reason })) });
    }
  }
  if (failed.length > 0 && failed.length === parts.length) throw failed[0]!;
  return found;
}
/** Codes of errors in the request itself; any other failure is one of the device or the product. */
const OF_THE_PART: ReadonlySet<string> = new Set(['bad-settings', 'bad-file', 'diverged']);

/** Figures requested by name that no reading reports. */
function notMeasured(
  names: readonly FigureId[] | undefined,
  readings: readonly Reading[],
  asked: ToEvaluate,
): Evaluation['leftOut'] {
  const missing = (names ?? []).filter((id) => !readings.some(({ figures }) => figures.includes(id)));
  return missing.map((name) => {
    const able = READINGS.filter(({ figures }) => figures.includes(name));
    if (asked.labeled) return { name, reason: CLASSIFIER };
    return { name, reason: able.find(({ of }) => asked[of])?.unfit ?? NOT_GIVEN[able[0]!.of] };
  });
}
const CLASSIFIER = 'The model is a classifier: it scores labels for whole texts, not tokens.';
const NOT_GIVEN = {
  documents: 'There is no text to evaluate on.',
  pairs: 'There are no input–target pairs to evaluate on.',
  chats: 'There are no chats to evaluate on.',
  labeled: 'There are no labeled texts to evaluate on.',
};

function joined(found: readonly Partial<Evaluation>[], isAsked: (id: FigureId) => boolean) {
  const metrics = Object.assign({}, ...found.map((each) => each.metrics ?? {})) as Evaluation['metrics'];
  const baselines: Record<string, Record<string, number>> = {};
  for (const [name, figures] of found.flatMap((each) => Object.entries(each.baselines ?? {}))) {
    const chosen = Object.entries(figures).filter(([id]) => isAsked(id as FigureId));
    if (chosen.length > 0) baselines[name] = { ...baselines[name], ...Object.fromEntries(chosen) };
  }
  const rest = Object.assign({}, ...found) as Partial<Evaluation>;
  const tasks = found.flatMap((each) => each.tasks ?? []);
  return { ...rest, metrics: inOrder(metrics), baselines, ...(tasks.length > 0 && { tasks }) };
}

/** Splits metrics into those that a record can store and those that aren't finite, from a diverged model. */
function parted(metrics: Evaluation['metrics']): { finite: Evaluation['metrics']; others: Evaluation['leftOut'] } {
  const finite: Evaluation['metrics'] = {};
  const others: Evaluation['leftOut'] = [];
  for (const [name, { value, low, high, unit }] of Object.entries(metrics)) {
    if (!Number.isFinite(value)) others.push({ name, reason: 'It is not a finite number.' });
    else if (low === undefined || high === undefined) finite[name] = { value, unit };
    else if (Number.isFinite(low) && Number.isFinite(high)) finite[name] = { value, low, high, unit };
    else {
      finite[name] = { value, unit };
      others.push({ name: `interval of ${name}`, reason: 'It has no finite bounds.' });
    }
  }
  return { finite, others };
}

const inOrder = (metrics: Evaluation['metrics']): Evaluation['metrics'] =>
  Object.fromEntries(FIGURE_IDS.flatMap((id) => (metrics[id] ? [[id, metrics[id]]] : [])));

/** Counts tokens; for pairs, those of targets and end tokens. A classifier's reading reports its own extent. */
function extentOf({ documents = [], pairs, chats = [] }: ToEvaluate, tokenizer: Tokenizer) {
  const own = pairs ?? [];
  const sum = (all: readonly number[]): number => all.reduce((a, b) => a + b, 0);
  const bytesOf = (ids: Uint32Array): number => ids.reduce((all, id) => all + tokenizer.bytes(id).length, 0);
  return {
    tokens: sum([
      ...documents.map(({ ids }) => ids.length),
      ...own.map(({ target }) => target.length + 1),
      ...chats.map(({ scored }) => scored.length),
    ]),
    documents: documents.length + own.length + chats.length,
    bytes: sum([...documents.map(({ bytes }) => bytes), ...own.map(({ target }) => bytesOf(target))]),
    ...(pairs && { ofPairs: true as const }),
  };
}
