/** What an evaluation comes to, in sentences that its figures bear out. */
import { counted, formatNumber } from '../../core/base/units';
import type { Evaluation, Figure } from '../../core/evaluate/evaluation';
import { BASELINES, figureFacts, type FigureFacts, isFigure } from '../../core/evaluate/figures';
import type { EvaluationRecord } from '../../core/runs/evaluations';

/** One that only a newer version knows is called as it is stored. */
export const figureWords = (id: string): Pick<FigureFacts, 'label' | 'better' | 'says'> =>
  isFigure(id) ? figureFacts(id) : { label: id, better: 'higher' };

/** What it does, as in `better than counting three tokens in a row`; and its name where there is little room. */
export function baselineWords(name: string): { doing: string; short: string } {
  const known = (BASELINES as Readonly<Record<string, { says: string }>>)[name];
  return { doing: known?.says ?? name, short: SHORT[name] ?? known?.says ?? name };
}
const SHORT: Readonly<Record<string, string>> = {
  unigram: 'common tokens',
  bigram: 'two tokens',
  trigram: 'three tokens',
  gzip: 'gzip',
};

/** The best that does without a model, in one metric; undefined where none has it. */
export function bestBaseline(
  { baselines }: Pick<Evaluation, 'baselines'>,
  metric: string,
): { name: string; value: number } | undefined {
  const { better } = figureWords(metric);
  const all = Object.entries(baselines).flatMap(([name, { [metric]: value }]) =>
    value === undefined || !Number.isFinite(value) ? [] : [{ name, value }],
  );
  return all.sort((a, b) => (better === 'lower' ? a.value - b.value : b.value - a.value))[0];
}

/** Decimals at which the width of an interval shows, three significant digits at least. */
export function estimateWords({ value, low, high }: Pick<Figure, 'value' | 'low' | 'high'>): {
  value: string;
  interval: string | undefined;
} {
  if (low === undefined || high === undefined) return { value: formatNumber(value), interval: undefined };
  const usual = value === 0 ? 2 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  const width = high > low ? Math.ceil(-Math.log10((high - low) / 2)) : 0;
  const decimals = Math.min(5, Math.max(usual, width));
  const told = (x: number): string => (Math.abs(x) >= 1000 ? formatNumber(x) : x.toFixed(decimals).replace('-', '−'));
  return { value: told(value), interval: `${told(low)} to ${told(high)}` };
}

export interface Judged {
  tone: 'ok' | 'warn' | undefined;
  judgement: string;
  evidence: string;
}

/** By which of what was measured it is judged: the first of these that has a baseline. */
const JUDGED_BY = ['loss', 'chrf', 'bleu', 'rougeL', 'exactMatch', 'accuracy', 'macroF1'] as const;

/** Whether it is better than what needs no model, by how much, and how sure that is. */
export function judged({ part, evaluation }: Pick<EvaluationRecord, 'part' | 'evaluation'>): Judged {
  const { metrics, baselines } = evaluation;
  const id = JUDGED_BY.find((each) => metrics[each] && bestBaseline(evaluation, each));
  if (!id)
    return { tone: undefined, judgement: 'Measured, with nothing to hold it against', evidence: extent(evaluation) };
  const own = metrics[id]!;
  const best = bestBaseline(evaluation, id)!;
  const { label, better } = figureWords(id);
  const sign = better === 'lower' ? 1 : -1;
  /** By how much a value is better than the best that needs no model. */
  const gain = (value: number): number => sign * (best.value - value);
  const gains = [gain(own.low ?? own.value), gain(own.high ?? own.value)];
  const { doing } = baselineWords(best.name);
  const token = metrics['maskedAccuracy'] ? 'hidden token' : 'token';
  const isLoss = id === 'loss';
  const told = (x: number): string => (isLoss ? formatNumber(x / Math.LN2) : withUnit(x, own.unit));
  const by = isLoss
    ? `${told(Math.abs(gain(own.value)))} bits a ${token}`
    : own.unit === '%'
      ? `${formatNumber(Math.abs(gain(own.value)))} points`
      : told(Math.abs(gain(own.value)));
  const isTold = own.low !== undefined;
  const isBetter = isTold && Math.min(...gains) > 0;
  const isWorse = isTold && Math.max(...gains) < 0;
  const judgement = isBetter
    ? `Better than ${doing} by ${by}`
    : isWorse
      ? `Not as good as ${doing}, by ${by}`
      : isTold
        ? `Not distinguishable from ${doing} on this much text`
        : `Too little text to tell it from ${doing}`;
  const next = Object.entries(baselines)
    .flatMap(([name, { [id]: value }]) => (name === best.name || value === undefined ? [] : [{ name, value }]))
    .sort((a, b) => sign * (a.value - b.value))[0];
  const text = part === 'text' ? 'on this text' : 'on text that it has not learnt from';
  const needs = isLoss ? 'needs' : 'has';
  const first = isLoss
    ? `It needs ${told(own.value)} bits a ${token} ${text}`
    : `Its ${lowerFirst(label)} is ${told(own.value)} ${text}`;
  const others = next ? `, and ${baselineWords(next.name).doing} ${told(next.value)}` : '';
  return {
    tone: isBetter ? 'ok' : 'warn',
    judgement,
    evidence: `${first}; ${doing} ${needs} ${told(best.value)}${others}. ${extent(evaluation)}`,
  };
}

const extent = (evaluation: Evaluation): string =>
  `Measured on ${counted(evaluation.tokens, 'token')} of ${documentsWords(evaluation)}.`;
/** Of pairs an evaluation counts those. */
export const documentsWords = ({ documents, metrics }: Pick<Evaluation, 'documents' | 'metrics'>): string =>
  counted(documents, metrics['exactMatch'] ? 'pair' : 'document');
const withUnit = (x: number, unit: string): string => `${formatNumber(x)}${unit === '' ? '' : ` ${unit}`}`;
const lowerFirst = (words: string): string =>
  /^.[A-Z]/.test(words) ? words : words.charAt(0).toLowerCase() + words.slice(1);

/** `An earlier step, of other text than is there now`: why what is shown is out of date. */
export function outOfDateWords(
  reasons: readonly ('step' | 'text' | 'tokenizer')[],
  { step }: Pick<EvaluationRecord, 'step'>,
  chosen: string,
): string {
  const words = {
    step: `it is of step ${formatNumber(step)}, and ${chosen} is chosen`,
    text: 'the text is another by now, or given anew',
    tokenizer: 'the tokenizer is another by now',
  };
  return reasons.map((reason) => words[reason]).join('; ');
}

/** What was not measured: a figure, a baseline, or what is called as it is told. */
export const leftOutWords = (name: string): string => {
  const known = isFigure(name) ? figureFacts(name) : (BASELINES as Readonly<Record<string, { label: string }>>)[name];
  return known?.label ?? name.charAt(0).toUpperCase() + name.slice(1);
};
