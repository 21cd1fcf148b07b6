/** What an evaluation comes to, in sentences that its figures bear out: the same on the page, in the terminal and in a card. */
import { counted, formatNumber } from '../base/units';
import { upperFirst } from '../base/upperFirst';
import { stillBeats, stillImproving } from '../objectives/baseline';
import type { Evaluation, Figure } from './evaluation';
import { BASELINES, figureFacts, type FigureFacts, isFigure } from './figures';
import { accuracyIn, comparedWithCounting, oneLabel, percent, rightWords } from './labelResult';

/** One that only a newer version knows is called as it is stored. */
export const figureWords = (id: string): Pick<FigureFacts, 'label' | 'better' | 'says'> =>
  isFigure(id) ? figureFacts(id) : { label: id, better: 'higher' };

/** What it does, as in `better than a trigram model`; and its name where there is little room. */
export function baselineWords(name: string): { doing: string; short: string } {
  const known = (BASELINES as Readonly<Record<string, { says: string }>>)[name];
  return { doing: known?.says ?? name, short: SHORT[name] ?? known?.says ?? name };
}
const SHORT: Readonly<Record<string, string>> = {
  unigram: 'unigram',
  bigram: 'bigram',
  trigram: 'trigram',
  gzip: 'gzip',
  majority: 'majority class',
  naiveBayes: 'naive Bayes',
  copy: 'the input itself',
  heldOut: 'the text itself',
};

/** The best that does without a model, in one metric; undefined where none has it. */
export const bestBaseline = (
  { baselines }: Pick<Evaluation, 'baselines'>,
  metric: string,
): { name: string; value: number } | undefined => ranked(baselines, metric)[0];

/** The best first. */
function ranked(baselines: Evaluation['baselines'], metric: string) {
  const { better } = figureWords(metric);
  const all = Object.entries(baselines).flatMap(([name, { [metric]: value }]) =>
    value === undefined || !Number.isFinite(value) ? [] : [{ name, value }],
  );
  return all.sort((a, b) => (better === 'lower' ? a.value - b.value : b.value - a.value));
}

/**
 * Decimals at which the width of an interval shows, three significant digits at least. One without width says nothing: what is all
 * alike stays so however it is drawn again, as F1 does where there was no mistake.
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
  const told = (x: number): string => (Math.abs(x) >= 1000 ? formatNumber(x) : x.toFixed(decimals).replace('-', '−'));
  return { value: told(value), interval: `${told(low)} to ${told(high)}` };
}

export interface Judged {
  kind: 'better' | 'worse' | 'not distinguishable' | 'unknown';
  tone: 'ok' | 'warn' | undefined;
  judgement: string;
  evidence: string;
}

/** Metrics to judge by: the first of these that has a baseline. Bytes are the same to whatever counts them. */
const JUDGED_BY = ['bitsPerByte', 'loss', 'chrf', 'bleu', 'rougeL', 'exactMatch'] as const;

/**
 * Whether it is better than the best of what needs no model, by how much, and how sure that is: better and worse are said only
 * where the interval does not hold what that comes to.
 * @param part a held-out one, or `text`
 * @param isImproving the run is finished, and still improved when training ended
 */
export function judged(
  { part, evaluation }: { part: string; evaluation: Evaluation },
  isImproving: boolean = false,
): Judged {
  const { metrics, baselines } = evaluation;
  if (metrics['accuracy']) return judgedLabels({ part, evaluation }, metrics['accuracy'].value, isImproving);
  const first = JUDGED_BY.find((each) => metrics[each] && bestBaseline(evaluation, each));
  if (!first)
    return {
      kind: 'unknown',
      tone: undefined,
      judgement: 'Evaluated, without a baseline to compare',
      evidence: extent(evaluation),
    };
  const best = bestBaseline(evaluation, first)!;
  const strongest = baselines[best.name]!;
  // What predicts tokens is told by them.
  const id = first === 'bitsPerByte' && metrics['loss'] && strongest['loss'] !== undefined ? 'loss' : first;
  const own = metrics[id]!;
  const { label, better } = figureWords(id);
  const stands = standing(own, strongest[id]!, better);
  const rival = stands === 'worse' ? simplestThatBeats(evaluation, id, best.name) : best.name;
  const needed = baselines[rival]![id]!;
  const { doing } = baselineWords(rival);
  const isOfBits = id === 'loss' || id === 'bitsPerByte';
  const each = evaluation.labelled ? 'text' : metrics['maskedAccuracy'] ? 'hidden token' : 'token';
  const unit = id === 'bitsPerByte' ? 'bits per byte' : `bits per ${each}`;
  const told = (x: number): string =>
    id === 'loss' ? formatNumber(x / Math.LN2) : isOfBits ? formatNumber(x) : withUnit(x, own.unit);
  const difference = Math.abs(needed - own.value);
  const by = isOfBits
    ? `${told(difference)} ${unit}`
    : own.unit === '%'
      ? `${formatNumber(difference)} points`
      : told(difference);
  const both = `${told(own.value)} against ${told(needed)}`;
  const where = part === 'text' ? 'on this text' : 'on text it never saw';
  const sentences: Record<typeof stands, readonly [judgement: string, evidence: string]> = {
    better: [`Better than ${doing}`, `${isOfBits ? by : `${label} is ${by}`} better ${where}: ${both}.`],
    worse: [
      stillBeats(rival, doing),
      `${isOfBits ? `This model needs ${by} more` : `${label} is ${by} worse`} ${where}: ${both}.${stillImproving(isImproving, isOfBits ? 'Perplexity' : undefined)}`,
    ],
    'not distinguishable': [
      `About as good as ${doing}`,
      `${isOfBits ? upperFirst(unit) : label} ${where}: ${both}. More text is needed to say which is better.`,
    ],
    unknown: [
      `Too little text to compare it with ${doing}`,
      `${isOfBits ? upperFirst(unit) : label} ${where}: ${both}, without an interval.`,
    ],
  };
  const [judgement, evidence] = sentences[stands];
  return { kind: stands, tone: TONES[stands], judgement, evidence: `${evidence} ${extent(evaluation)}` };
}

/** Labels, of texts or as targets of pairs: how many are right comes first, then what models that only count get. */
function judgedLabels(
  { part, evaluation }: { part: string; evaluation: Evaluation },
  accuracy: number,
  isImproving: boolean,
): Judged {
  const { documents: texts, baselines, ofPairs } = evaluation;
  const own = accuracyIn(texts, Math.round((accuracy / 100) * texts));
  const [majority, naiveBayes] = [baselines['majority']?.['accuracy'], baselines['naiveBayes']?.['accuracy']];
  const where = part === 'text' ? 'on these texts' : undefined;
  const { kind, verdict, evidence } = comparedWithCounting(own, { majority, naiveBayes, texts }, where);
  const isBeaten = kind === 'worse' || kind === 'no better than one label';
  const guess =
    majority === undefined || kind === 'no better than one label' ? '' : ` ${upperFirst(oneLabel(majority))}.`;
  return {
    kind: LABEL_KINDS[kind],
    tone: isBeaten ? 'warn' : 'ok',
    judgement: `${rightWords(own, ofPairs ? 'pair' : 'text')} (${percent(own.value)})`,
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

/** Only what is worse is a warning. */
const TONES = { better: 'ok', worse: 'warn', 'not distinguishable': undefined, unknown: undefined } as const;

/** Where a figure stands beside a value that is known: told only where its interval does not hold that value. */
export function standing(
  { low, high }: Pick<Figure, 'low' | 'high'>,
  beside: number,
  better: 'lower' | 'higher',
): 'better' | 'worse' | 'not distinguishable' | 'unknown' {
  if (low === undefined || high === undefined) return 'unknown';
  if (low <= beside && beside <= high) return 'not distinguishable';
  return high < beside === (better === 'lower') ? 'better' : 'worse';
}

/** Counting models, the simplest first. */
const N_GRAMS: readonly string[] = ['unigram', 'bigram', 'trigram'];

/** The simplest counting model that does better, as Train names it; of other baselines the best. */
function simplestThatBeats({ metrics, baselines }: Evaluation, metric: string, best: string): string {
  if (!N_GRAMS.includes(best)) return best;
  const { better } = figureWords(metric);
  const beats = (name: string): boolean => {
    const value = baselines[name]?.[metric];
    return value !== undefined && standing(metrics[metric]!, value, better) === 'worse';
  };
  return N_GRAMS.find(beats) ?? best;
}

const extent = (evaluation: Evaluation): string =>
  `Measured on ${counted(evaluation.tokens, 'token')} of ${documentsWords(evaluation)}.`;
/** Of pairs an evaluation counts those; one of an older build is told by its figures. */
export const documentsWords = ({
  documents,
  metrics,
  ofPairs,
  labelled,
}: Pick<Evaluation, 'documents' | 'metrics' | 'ofPairs' | 'labelled'>) =>
  counted(documents, labelled ? 'text' : (ofPairs ?? metrics['exactMatch']) ? 'pair' : 'document');
const withUnit = (x: number, unit: string): string => `${formatNumber(x)}${unit === '' ? '' : ` ${unit}`}`;
const lowerFirst = (words: string): string => words.charAt(0).toLowerCase() + words.slice(1);
