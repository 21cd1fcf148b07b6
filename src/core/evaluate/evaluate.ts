/** A model on what it has not learnt from: figures with intervals, beside what needs no model, and where it fails. */
import { badSettings } from '../base/errors';
import { yieldUntil } from '../base/job';
import { modelSpec } from '../models';
import type { Network } from '../models/network';
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { Evaluation, Figure } from './evaluation';
import { FIGURE_IDS, type FigureId } from './figures';
import { listScores } from './lists';
import { READINGS } from './readings';
import type { EvaluationJob, Reading, ToEvaluate } from './readings/reading';

export type { EvaluationJob, ToEvaluate } from './readings/reading';

/**
 * @returns figures in the order of FIGURES
 * @throws HomegrownError `bad-settings` where nothing can be measured; what the signal is aborted with
 */
export async function evaluate(
  network: Network,
  tokenizer: Tokenizer,
  asked: ToEvaluate,
  job: EvaluationJob,
): Promise<Evaluation> {
  const { kind } = modelSpec(network.choice.id);
  const { metrics: names, minimalPairs, swaps, tasks, seed = 0 } = asked;
  const isAsked = (id: FigureId): boolean => names?.includes(id) ?? true;
  const own = READINGS.filter(({ figures, onlyAsked }) => (names ? figures.some(isAsked) : !onlyAsked));
  const readings = own.filter(({ of, kinds }) => asked[of] && kinds.includes(kind));
  if (readings.length === 0 && !minimalPairs && !swaps && !tasks)
    throw badSettings(
      own.find(({ of }) => asked[of])?.unfit ?? NOT_GIVEN[own[0]?.of ?? 'documents'],
      'Decoders and encoders are measured on a text, encoder-decoders on pairs of an input and a target.',
    );
  const { pause = yieldUntil(job.signal), report } = job;
  const found: Partial<Evaluation>[] = [];
  for (const reading of readings)
    found.push(await reading.read({ network, tokenizer, asked: { ...asked, seed }, isAsked, pause, report }));
  found.push(await listScores({ network, tokenizer, asked, pause, report }));
  const { metrics, ...rest } = joined(found, isAsked);
  const { finite, others } = parted(metrics);
  return {
    ...rest,
    ...extentOf(asked, tokenizer),
    metrics: finite,
    leftOut: [...notMeasured(names, readings, asked), ...others, ...found.flatMap(({ leftOut = [] }) => leftOut)],
  };
}

/** What no reading gives of what was asked for by name. */
function notMeasured(
  names: readonly FigureId[] | undefined,
  readings: readonly Reading[],
  asked: ToEvaluate,
): Evaluation['leftOut'] {
  const missing = (names ?? []).filter((id) => !readings.some(({ figures }) => figures.includes(id)));
  return missing.map((name) => {
    const able = READINGS.filter(({ figures }) => figures.includes(name));
    return { name, reason: able.find(({ of }) => asked[of])?.unfit ?? NOT_GIVEN[able[0]!.of] };
  });
}
const NOT_GIVEN = {
  documents: 'There is no text to measure on.',
  pairs: 'There are no pairs of an input and a target to measure on.',
};

function joined(found: readonly Partial<Evaluation>[], isAsked: (id: FigureId) => boolean) {
  const metrics = Object.assign({}, ...found.map((each) => each.metrics ?? {})) as Evaluation['metrics'];
  const baselines: Record<string, Record<string, number>> = {};
  for (const [name, figures] of found.flatMap((each) => Object.entries(each.baselines ?? {}))) {
    const told = Object.entries(figures).filter(([id]) => isAsked(id as FigureId));
    if (told.length > 0) baselines[name] = { ...baselines[name], ...Object.fromEntries(told) };
  }
  const rest = Object.assign({}, ...found) as Partial<Evaluation>;
  return { ...rest, metrics: inOrder(metrics), baselines };
}

/** What a record can hold, and what is no number or too large for one: of a model that has diverged. */
function parted(metrics: Evaluation['metrics']): { finite: Evaluation['metrics']; others: Evaluation['leftOut'] } {
  const all = Object.entries(metrics);
  const isFinite = ({ value, low = 0, high = 0 }: Figure): boolean => [value, low, high].every(Number.isFinite);
  return {
    finite: Object.fromEntries(all.filter(([, figure]) => isFinite(figure))),
    others: all
      .filter(([, figure]) => !isFinite(figure))
      .map(([name]) => ({ name, reason: 'It is not a finite number.' })),
  };
}

const inOrder = (metrics: Evaluation['metrics']): Evaluation['metrics'] =>
  Object.fromEntries(FIGURE_IDS.flatMap((id) => (metrics[id] ? [[id, metrics[id]]] : [])));

/** Of pairs that of their targets, with what ends each. */
function extentOf({ documents = [], pairs = [] }: ToEvaluate, tokenizer: Tokenizer) {
  const sum = (all: readonly number[]): number => all.reduce((a, b) => a + b, 0);
  const bytesOf = (ids: Uint32Array): number => ids.reduce((all, id) => all + tokenizer.bytes(id).length, 0);
  return {
    tokens: sum([...documents.map(({ ids }) => ids.length), ...pairs.map(({ target }) => target.length + 1)]),
    documents: documents.length + pairs.length,
    bytes: sum([...documents.map(({ bytes }) => bytes), ...pairs.map(({ target }) => bytesOf(target))]),
  };
}
