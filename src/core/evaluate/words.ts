/** Verdict on an evaluation, shared by the page, the terminal and model cards. */
import { counted, formatNumber, formatReading } from '../base/units';
import { lowerFirst, upperFirst } from '../base/firstLetter';
import { mayStillBeat, stillBeats, stillImproving } from '../objectives/baseline';
import type { Evaluation, Figure } from './evaluation';
import { BASELINES, figureFacts, type FigureFacts, isFigure } from './figures';
import { accuracyIn, comparedWithCounting, oneLabel, percent, rightWords } from './labelResult';

/** Names of a figure; falls back to the id for figures of newer versions. */
export const figureWords = (id: string): Pick<FigureFacts, 'label' | 'better' | 'says'> =>
  isFigure(id) ? figureFacts(id) : { label: id, better: 'higher' };

/** Words of a baseline: `better than a trigram model`, and a short name. */
export function baselineWords(name: string): { doing: string; short: string } {
  const facts = (BASELINES as Readonly<Record<string, { says: string }>>)[name];
  return { doing: facts?.says ?? name, short: SHORT[name] ?? facts?.says ?? name };
}
const SHORT: Readonly<Record<string, string>> = {
  uniform: 'uniform',
  unigram: 'unigram',
  bigram: 'bigram',
  trigram: 'trigram',
  gzip: 'gzip',
  majority: 'majority class',
  naiveBayes: 'naive Bayes',
  copy: 'copied input',
  heldOut: 'original text',
};

/** Best baseline in one metric; undefined if none has it. */
export const bestBaseline = (
  { baselines }: Pick<Evaluation, 'baselines'>,
  metric: string,
): { name: string; value: number } | undefined => ranked(baselines, metric)[0];

/** Baselines of a metric, the best first. */
function ranked(baselines: Evaluation['baselines'], metric: string) {
  const { better } = figureWords(metric);
  const values = Object.entries(baselines).flatMap(([name, { [metric]: value }]) =>
    value === undefined || !Number.isFinite(value) ? [] : [{ name, value }],
  );
  return values.sort((a, b) => (better === 'lower' ? a.value - b.value : b.value - a.value));
}

/**
 * Formats with enough decimals to show an interval's width, and at least three significant digits. Omits an interval
 * without width, which carries no information: resampling equal values changes nothing, like F1 without mistakes.
 */
export function estimateWords({ value, low, high }: Pick<Figure, 'value' | 'low' | 'high'>): {
  value: string;
  interval: string | undefined;
} {
  if (low === undefined || high === undefined || low === high)
    return { value: formatNumber(value), interval: undefined };
  const usual = value === 0 ? 2 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  const width = Math.ceil(-Math.log10((high - low) / 2));
  const decimals = Math.min(5, Math.max(usual, width));
  const formatted = (x: number): string =>
    Math.abs(x) >= 1000 ? formatNumber(x) : x.toFixed(decimals).replace('-', '−');
  return { value: formatted(value), interval: `${formatted(low)} to ${formatted(high)}` };
}

interface Verdict {
  kind: 'better' | 'worse' | 'not distinguishable' | 'unknown';
  tone: 'ok' | 'warn' | undefined;
  judgement: string;
  evidence: string;
}

/** Metrics to judge by: the first one with a baseline. Bits per byte allow a comparison with gzip. */
const JUDGED_BY = ['bitsPerByte', 'loss', 'chrf', 'bleu', 'rougeL', 'exactMatch'] as const;
/** Metrics that a verdict shows in place of bits per byte and nats, if the baseline has them: the page's headline. */
const HEADLINES = ['perplexity', 'pseudoPerplexity'] as const;

/**
 * Compares a model with its best baseline. Claims better or worse only if the confidence interval excludes the
 * baseline.
 * @param part a held-out part, or `text`
 * @param isImproving whether the finished run was still improving when training ended
 */
export function judged(
  { part, evaluation }: { part: string; evaluation: Evaluation },
  isImproving: boolean = false,
): Verdict {
  const { metrics, baselines } = evaluation;
  if (metrics['accuracy']) return judgedLabels({ part, evaluation }, metrics['accuracy'].value, isImproving);
  const first = JUDGED_BY.find((metric) => metrics[metric] && bestBaseline(evaluation, metric));
  if (!first)
    return {
      kind: 'unknown',
      tone: undefined,
      judgement: 'Evaluated, without a baseline to compare',
      evidence: sizeSentence(evaluation),
    };
  const best = bestBaseline(evaluation, first)!.name;
  const id = comparedMetric(evaluation, first, best);
  const figure = metrics[id]!;
  const bestValue = baselines[best]![id]!;
  const { better } = figureWords(id);
  const result = standing(figure, bestValue, better);
  const isNotBetter = result !== 'better' && !isBetter(figure.value, bestValue, better);
  const rival = isNotBetter ? simplestBetter(evaluation, id, best, result) : best;
  const { doing: rivalName } = baselineWords(rival);
  const bothValues = `${valueWords(evaluation, id)} ${part === 'text' ? 'on this text' : 'on text it never saw'}; ${rivalName} ${N_GRAM_NAMES.includes(rival) ? 'has' : 'gets'} ${formatReading(baselines[rival]![id]!)}`;
  const sentences: Record<typeof result, readonly [judgement: string, evidence: string]> = {
    better: [`Better than ${rivalName}`, `${bothValues}.`],
    worse: [
      stillBeats(rival, rivalName),
      `${bothValues}.${N_GRAM_NAMES.includes(rival) ? beatenSentence(evaluation, id) : ''}${stillImproving(isImproving)}`,
    ],
    'not distinguishable': [
      isNotBetter ? mayStillBeat(rival, rivalName) : `About as good as ${rivalName}`,
      `${bothValues}. More text is needed to say which is better.`,
    ],
    unknown: [`Too little text to compare it with ${rivalName}`, `${bothValues}.`],
  };
  const [judgement, evidence] = sentences[result];
  return { kind: result, tone: TONES[result], judgement, evidence: `${evidence} ${sizeSentence(evaluation)}` };
}

/** Metric that a verdict compares. */
function comparedMetric({ metrics, baselines }: Evaluation, first: string, best: string): string {
  const has = (id: string): boolean => metrics[id] !== undefined && baselines[best]![id] !== undefined;
  if (first !== 'bitsPerByte' && first !== 'loss') return first;
  return HEADLINES.find(has) ?? (has('loss') ? 'loss' : first);
}

/** `Perplexity 79.7`, formatted like the page's scores. */
function valueWords({ metrics }: Evaluation, id: string): string {
  const figure = metrics[id]!;
  const { label } = figureWords(id);
  const unit = figure.unit.toLowerCase() === label.toLowerCase() ? '' : figure.unit;
  return `${label} ${estimateWords(figure).value}${unit && ` ${unit}`}`;
}

/** Verdict on labels or on label-like targets: the accuracy, then the counting baselines. */
function judgedLabels(
  { part, evaluation }: { part: string; evaluation: Evaluation },
  accuracy: number,
  isImproving: boolean,
): Verdict {
  const { documents: texts, baselines, ofPairs } = evaluation;
  const measured = accuracyIn(texts, Math.round((accuracy / 100) * texts));
  const [majority, naiveBayes] = [baselines['majority']?.['accuracy'], baselines['naiveBayes']?.['accuracy']];
  const where = part === 'text' ? 'on these texts' : undefined;
  const { kind, verdict, evidence } = comparedWithCounting(measured, { majority, naiveBayes, texts }, where);
  const isBeaten = kind === 'worse' || kind === 'no better than one label';
  const guess =
    majority === undefined || kind === 'no better than one label' ? '' : ` ${upperFirst(oneLabel(majority))}.`;
  return {
    kind: LABEL_KINDS[kind],
    tone: isBeaten ? 'warn' : 'ok',
    judgement: `${rightWords(measured, ofPairs ? 'pair' : 'text')} (${percent(measured.value)})`,
    evidence: `${verdict === undefined ? evidence : `${verdict}: ${lowerFirst(evidence)}`}${stillImproving(isBeaten && isImproving)}${guess}`,
  };
}
const LABEL_KINDS = {
  better: 'better',
  level: 'not distinguishable',
  worse: 'worse',
  'no better than one label': 'worse',
  unknown: 'unknown',
} as const;

/** Only a worse result is a warning. */
const TONES = { better: 'ok', worse: 'warn', 'not distinguishable': undefined, unknown: undefined } as const;

/** Compares a figure with a known value; decided only if its interval excludes that value. */
export function standing(
  { low, high }: Pick<Figure, 'low' | 'high'>,
  other: number,
  better: 'lower' | 'higher',
): 'better' | 'worse' | 'not distinguishable' | 'unknown' {
  if (low === undefined || high === undefined) return 'unknown';
  if (low <= other && other <= high) return 'not distinguishable';
  return high < other === (better === 'lower') ? 'better' : 'worse';
}

/** N-gram baselines, the simplest first. */
const N_GRAM_NAMES: readonly string[] = ['unigram', 'bigram', 'trigram'];

const isBetter = (value: number, other: number, better: 'lower' | 'higher'): boolean =>
  better === 'lower' ? value < other : value > other;

/** The simplest n-gram model that beats the model as clearly as the best one, as on Train; else the best. */
function simplestBetter(
  { metrics, baselines }: Evaluation,
  metric: string,
  best: string,
  result: ReturnType<typeof standing>,
): string {
  if (!N_GRAM_NAMES.includes(best)) return best;
  const { better } = figureWords(metric);
  const figure = metrics[metric]!;
  const beats = (name: string): boolean => {
    const value = baselines[name]?.[metric];
    if (value === undefined || isBetter(figure.value, value, better)) return false;
    return result !== 'worse' || standing(figure, value, better) === 'worse';
  };
  return N_GRAM_NAMES.find(beats) ?? best;
}

/** Sentence about the strongest n-gram model that the model beats significantly, as on Train. */
function beatenSentence({ metrics, baselines }: Evaluation, metric: string): string {
  const { better } = figureWords(metric);
  const beaten = N_GRAM_NAMES.findLast((name) => {
    const value = baselines[name]?.[metric];
    return value !== undefined && standing(metrics[metric]!, value, better) === 'better';
  });
  if (beaten === undefined) return '';
  return ` It passed ${baselineWords(beaten).doing} (${formatReading(baselines[beaten]![metric]!)}).`;
}

const sizeSentence = (evaluation: Evaluation): string =>
  `Measured on ${counted(evaluation.tokens, 'token')} of ${documentsWords(evaluation)}.`;
/** `3 documents`; pairs or labeled texts if those were evaluated. */
export const documentsWords = ({
  documents,
  metrics,
  ofPairs,
  labelled,
}: Pick<Evaluation, 'documents' | 'metrics' | 'ofPairs' | 'labelled'>) =>
  counted(documents, labelled ? 'text' : (ofPairs ?? metrics['exactMatch']) ? 'pair' : 'document');
