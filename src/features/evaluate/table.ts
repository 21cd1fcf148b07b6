/** Scores for a spreadsheet, one row each, at full precision. */
import type { Cell } from '../../core/base/csv';
import type { Figure } from '../../core/evaluate/evaluation';
import type { EvaluationRecord } from '../../core/runs/evaluations';
import { kindWords, rangeWords, sourceWords } from './filter';
import { measuredOnWords } from './words';

type Row = readonly Cell[];
/** `count`: number of tokens, pairs, rows or bytes. */
type MakeRow = (what: string, of: string, figure: { value: number } & Partial<Figure>, count?: number) => Row;

const HEADER = ['Run', 'Step', 'Evaluated on', 'What', 'Of', 'Value', 'Low', 'High', 'Unit', 'Count'];

const rowMaker =
  (run: string, step: number, on: string): MakeRow =>
  (what, of, { value, low, high, unit }, count) => [run, step, on, what, of, value, low, high, unit, count];

/** Rows of one evaluation. @param run its name */
export function evaluationRows(run: string, record: EvaluationRecord): readonly Row[] {
  const { metrics, baselines, confusion, where, calibration, tokens, documents, bytes } = record.evaluation;
  const row = rowMaker(run, record.step, measuredOnWords(record));
  const loss = (what: string, of: string, share: { loss: number; tokens: number }): Row =>
    row(what, of, { value: share.loss, unit: 'nats per token' }, share.tokens);
  return [
    HEADER,
    row('tokens', 'the text', { value: tokens }),
    row('documents', 'the text', { value: documents }),
    row('bytes', 'the text', { value: bytes }),
    ...(record.look === undefined ? [] : [row('uses of the test set', 'the text', { value: record.look })]),
    ...Object.entries(metrics).map(([id, figure]) => row(id, 'this model', figure, tokens)),
    ...Object.entries(baselines).flatMap(([name, figures]) =>
      Object.entries(figures).map(([id, value]) =>
        row(id, name, { value, ...(metrics[id] && { unit: metrics[id].unit }) }, tokens),
      ),
    ),
    ...(confusion?.labels ?? []).flatMap((wanted, i) =>
      confusion!.labels.map((given, j) =>
        row(`predicted, actual ${wanted}`, given, { value: confusion!.counts[i]![j]! }),
      ),
    ),
    ...(calibration?.bins ?? []).map(({ confidence, accuracy, count }) =>
      row('accuracy at confidence', String(confidence), { value: accuracy, unit: 'share' }, count),
    ),
    ...(where?.kind ?? []).map((result) => loss('loss by kind', kindWords(result.kind), result)),
    ...(where?.frequency ?? []).map((result) => loss('loss by frequency', rangeWords(result), result)),
    ...(where?.position ?? []).map((result) => loss('loss by position', rangeWords(result), result)),
    ...(where?.source ?? []).map((result) => loss('loss by source', sourceWords(result.name), result)),
    ...(where?.document ?? []).map((result) => loss('loss by document', result.begins, result)),
  ];
}

/** Rows of sentence pairs, tasks and comparisons, by checkpoint. */
export function askedRows(run: string, records: readonly EvaluationRecord[]): readonly Row[] {
  return [HEADER, ...records.flatMap((record) => listRows(run, record))];
}

function listRows(run: string, { step, evaluation, comparisons = [] }: EvaluationRecord): readonly Row[] {
  const row = rowMaker(run, step, 'lists');
  const { minimalPairs, swaps, tasks = [] } = evaluation;
  const preferences = { ...minimalPairs?.kinds, ...(minimalPairs && { 'all kinds': minimalPairs.all }) };
  const percent = { unit: '%' };
  return [
    ...Object.entries(preferences).map(([kind, result]) =>
      row('minimal pairs, correct one preferred', kind, { ...result, ...percent }, result.pairs),
    ),
    ...Object.entries(swaps?.kinds ?? {}).map(([kind, result]) =>
      row('identity swaps, first one preferred', kind, { ...result, ...percent }, result.pairs),
    ),
    ...tasks.flatMap(({ name, metrics, baselines, rows }) => [
      ...Object.entries(metrics).map(([id, figure]) => row(id, name, figure, rows)),
      ...Object.entries(baselines).flatMap(([baseline, figures]) =>
        Object.entries(figures).map(([id, value]) => row(id, `${name}, ${baseline}`, { value, ...percent }, rows)),
      ),
    ]),
    ...comparisons.map((result) =>
      rowMaker(run, step, measuredOnWords(result))(
        'difference, this minus other',
        `${result.beside.name}, step ${result.beside.step}`,
        { value: result.difference, low: result.low, high: result.high, unit: 'bits per byte' },
        result.bytes,
      ),
    ),
  ];
}
