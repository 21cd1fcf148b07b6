/** An evaluation for a spreadsheet: every figure whole, a row each. */
import type { Cell } from '../../core/base/csv';
import type { EvaluationRecord } from '../../core/runs/evaluations';
import { kindWords, rangeWords, sourceWords } from './filter';

const HEAD = ['What', 'Of', 'Value', 'Low', 'High', 'Unit', 'Tokens'];

export function evaluationRows({ step, evaluation }: EvaluationRecord): readonly (readonly Cell[])[] {
  const { metrics, baselines, where, calibration, tokens, documents, bytes } = evaluation;
  const loss = (what: string, of: string, share: { loss: number; tokens: number }): Cell[] => [
    what,
    of,
    share.loss,
    undefined,
    undefined,
    'nats per token',
    share.tokens,
  ];
  return [
    HEAD,
    ['step', 'this model', step],
    ['tokens', 'the text', tokens],
    ['documents', 'the text', documents],
    ['bytes', 'the text', bytes],
    ...Object.entries(metrics).map(([id, { value, low, high, unit }]): Cell[] => [
      id,
      'this model',
      value,
      low,
      high,
      unit,
      tokens,
    ]),
    ...Object.entries(baselines).flatMap(([name, figures]) =>
      Object.entries(figures).map(([id, value]): Cell[] => [
        id,
        name,
        value,
        undefined,
        undefined,
        metrics[id]?.unit,
        tokens,
      ]),
    ),
    ...(calibration?.bins ?? []).map(({ confidence, accuracy, count }): Cell[] => [
      'right, where sure to',
      String(confidence),
      accuracy,
      undefined,
      undefined,
      'share',
      count,
    ]),
    ...(where?.kind ?? []).map((each) => loss('loss by kind', kindWords(each.kind), each)),
    ...(where?.frequency ?? []).map((each) => loss('loss by times trained', rangeWords(each), each)),
    ...(where?.position ?? []).map((each) => loss('loss by place in the context', rangeWords(each), each)),
    ...(where?.source ?? []).map((each) => loss('loss by source', sourceWords(each.name), each)),
    ...(where?.document ?? []).map((each) => loss('loss by document', each.begins, each)),
  ];
}
