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
import type { EvaluationJob, Part, ReadingContext, Reading, ToEvaluate } from './readings/reading';

export type { EvaluationJob, ToEvaluate } from './readings/reading';

/**
 * Evaluates each requested part separately. Leaves out a part that can't be measured, with its reason, unless all fail.
 * @returns figures in the order of FIGURES
 * @throws HomegrownError `bad-settings` if nothing can be measured; the abort reason of the signal
 */
export async function evaluate(
  network: Network,
  tokenizer: Tokenizer,
  request: ToEvaluate,
  job: EvaluationJob,
): Promise<Evaluation> {
  const evaluation = evaluatedAs(request.objective, network.choice);
  if (typeof evaluation !== 'string') throw badSettings(evaluation.unmeasured, 'Train shows its loss and samples.');
  const { metrics: requestedIds, besides: alsoRequested = [], minimalPairs, swaps, tasks, seed = 0 } = request;
  const isRequested = (id: FigureId): boolean => requestedIds?.includes(id) ?? true;
  const candidates = READINGS.filter(({ figures, isOptIn }) =>
    requestedIds ? figures.some(isRequested) : !isOptIn || figures.some((id) => alsoRequested.includes(id)),
  );
  const readings = candidates.filter(
    ({ dataKind, evaluations }) => request[dataKind] && evaluations.includes(evaluation),
  );
  if (readings.length === 0 && !minimalPairs && !swaps && !tasks)
    throw badSettings(
      evaluation === 'labels'
        ? CLASSIFIER
        : (candidates.find(({ dataKind }) => request[dataKind])?.whyUnfit ??
            NO_DATA[candidates[0]?.dataKind ?? 'documents']),
      'Evaluate decoders and encoders on text, encoder-decoders on pairs of input and target, classifiers on labeled texts.',
    );
  const { pause = yieldUntil(job.signal), report } = job;
  const context: ReadingContext = { network, tokenizer, request: { ...request, seed }, isRequested, pause, report };
  const parts = readings.map((reading) => ({
    names: reading.figures.filter(isRequested),
    read: () => reading.read(context),
  }));
  const results = await runParts([...parts, ...listsOf(context)]);
  const { metrics, ...otherResults } = joinResults(results, isRequested);
  const { finite, notFinite } = splitByFinite(metrics);
  return {
    ...dataSize(request, tokenizer),
    ...otherResults,
    metrics: finite,
    leftOut: withoutDuplicates([
      ...notMeasured(requestedIds, readings, request),
      ...notFinite,
      ...results.flatMap(({ leftOut = [] }) => leftOut.filter(({ name }) => !Object.hasOwn(finite, name))),
    ]),
  };
}

/** Removes duplicates, because several readings may leave out the same figure. */
const withoutDuplicates = (leftOut: Evaluation['leftOut']): Evaluation['leftOut'] =>
  leftOut.filter(
    ({ name, reason }, i) => leftOut.findIndex((other) => other.name === name && other.reason === reason) === i,
  );

/** Runs the parts in sequence. @throws HomegrownError the first error if all fail */
async function runParts(parts: readonly Part[]): Promise<readonly Partial<Evaluation>[]> {
  const results: Partial<Evaluation>[] = [];
  const failed: HomegrownError[] = [];
  for (const { names, read } of parts) {
    try {
      results.push(await read());
    } catch (error) {
      if (!(error instanceof HomegrownError && CODES_OF_ONE_PART.has(error.code))) throw error;
      failed.push(error);
      const reason = paragraph(error.message, error.remedy);
      results.push({ leftOut: names.map((name) => ({ name, reason })) });
    }
  }
  if (failed.length > 0 && failed.length === parts.length) throw failed[0]!;
  return results;
}
/** Codes of errors that only leave out one part. Any other error, such as a lost device, stops the evaluation. */
const CODES_OF_ONE_PART: ReadonlySet<string> = new Set(['bad-settings', 'bad-file', 'diverged']);

/** Figures requested by name that no reading reports. */
function notMeasured(
  requestedIds: readonly FigureId[] | undefined,
  readings: readonly Reading[],
  request: ToEvaluate,
): Evaluation['leftOut'] {
  const missing = (requestedIds ?? []).filter((id) => !readings.some(({ figures }) => figures.includes(id)));
  return missing.map((name) => {
    const readingsOfFigure = READINGS.filter(({ figures }) => figures.includes(name));
    if (request.labeled) return { name, reason: CLASSIFIER };
    return {
      name,
      reason:
        readingsOfFigure.find(({ dataKind }) => request[dataKind])?.whyUnfit ?? NO_DATA[readingsOfFigure[0]!.dataKind],
    };
  });
}
const CLASSIFIER = 'The model is a classifier: it scores labels for whole texts, not tokens.';
const NO_DATA = {
  documents: 'There is no text to evaluate on.',
  pairs: 'There are no input–target pairs to evaluate on.',
  chats: 'There are no chats to evaluate on.',
  labeled: 'There are no labeled texts to evaluate on.',
};

/** Merges the results of all parts. Of baselines, keeps only the requested figures. */
function joinResults(results: readonly Partial<Evaluation>[], isRequested: (id: FigureId) => boolean) {
  const metrics = Object.assign({}, ...results.map((result) => result.metrics ?? {})) as Evaluation['metrics'];
  const baselines: Record<string, Record<string, number>> = {};
  for (const [name, figures] of results.flatMap((result) => Object.entries(result.baselines ?? {}))) {
    const requested = Object.entries(figures).filter(([id]) => isRequested(id as FigureId));
    if (requested.length > 0) baselines[name] = { ...baselines[name], ...Object.fromEntries(requested) };
  }
  const allFields = Object.assign({}, ...results) as Partial<Evaluation>;
  const tasks = results.flatMap((result) => result.tasks ?? []);
  return { ...allFields, metrics: inDisplayOrder(metrics), baselines, ...(tasks.length > 0 && { tasks }) };
}

/** Splits metrics into those that a record can store and those that aren't finite, from a diverged model. */
function splitByFinite(metrics: Evaluation['metrics']): {
  finite: Evaluation['metrics'];
  notFinite: Evaluation['leftOut'];
} {
  const finite: Evaluation['metrics'] = {};
  const notFinite: Evaluation['leftOut'] = [];
  for (const [name, { value, low, high, unit }] of Object.entries(metrics)) {
    if (!Number.isFinite(value)) notFinite.push({ name, reason: 'It is not a finite number.' });
    else if (low === undefined || high === undefined) finite[name] = { value, unit };
    else if (Number.isFinite(low) && Number.isFinite(high)) finite[name] = { value, low, high, unit };
    else {
      finite[name] = { value, unit };
      notFinite.push({ name: `interval of ${name}`, reason: 'It has no finite bounds.' });
    }
  }
  return { finite, notFinite };
}

const inDisplayOrder = (metrics: Evaluation['metrics']): Evaluation['metrics'] =>
  Object.fromEntries(FIGURE_IDS.flatMap((id) => (metrics[id] ? [[id, metrics[id]]] : [])));

/** Size of the data, in tokens, documents and bytes; for pairs, of targets with end tokens. Classifiers report it elsewhere. */
function dataSize({ documents = [], pairs, chats = [] }: ToEvaluate, tokenizer: Tokenizer) {
  const pairList = pairs ?? [];
  const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
  const bytesOf = (ids: Uint32Array): number => ids.reduce((total, id) => total + tokenizer.bytes(id).length, 0);
  return {
    tokens: sum([
      ...documents.map(({ ids }) => ids.length),
      ...pairList.map(({ target }) => target.length + 1),
      ...chats.map(({ scored }) => scored.length),
    ]),
    documents: documents.length + pairList.length + chats.length,
    bytes: sum([...documents.map(({ bytes }) => bytes), ...pairList.map(({ target }) => bytesOf(target))]),
    ...(pairs && { ofPairs: true as const }),
  };
}
