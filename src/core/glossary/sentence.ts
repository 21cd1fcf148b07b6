/** Explanations of terms with numbers of the open run, shared by the terminal and the app. */
import { formatCount, formatNumber, formatReading, formatShort } from '../base/units';
import { ENTRIES } from './entries';
import { otherNames, TERM_IDS, termName, type TermId } from './terms';

/** Formats a metric that is already in percent, such as 97.6. */
const formatPercent = (value: number): string => `${formatNumber(value)} %`;

/** Numbers of a run that entries use, with their formats. */
const FORMATS = {
  perplexity: formatNumber,
  bitsPerByte: formatNumber,
  loss: formatNumber,
  accuracy: formatPercent,
  macroF1: formatPercent,
  uniform: formatReading,
  unigram: formatReading,
  bigram: formatReading,
  trigram: formatReading,
  vocabulary: formatCount,
  parameters: formatShort,
  layers: formatCount,
  heads: formatCount,
  width: formatCount,
  context: formatCount,
  batch: formatCount,
  step: formatCount,
  steps: formatCount,
  warmup: formatCount,
  learningRate: formatNumber,
  weightDecay: formatNumber,
  dropout: formatNumber,
  seed: formatCount,
  validationTokens: formatCount,
  labels: formatCount,
  topK: formatCount,
  topP: formatNumber,
} as const;
export type RunNumberId = keyof typeof FORMATS;
/** Known numbers of the open run. N-gram baselines are perplexities; metrics are in their units, such as %. */
export type RunNumbers = Readonly<Partial<Record<RunNumberId, number>>>;

const NO_NUMBERS: RunNumbers = {};

/** `How many tokens the model hesitates between, on average; here 113.` Without the number, the general sentence. */
export function termSentence(id: TermId, numbers: RunNumbers = NO_NUMBERS): string {
  const { says, here } = ENTRIES[id];
  return (here && filled(here, numbers)) ?? says;
}

/** Fills in a template; undefined if a number is unknown. */
function filled(template: string, numbers: RunNumbers): string | undefined {
  if (!numbersIn(template).every((name) => isRunNumber(name) && Number.isFinite(numbers[name]))) return undefined;
  return template.replace(/\{(\w+)\}/g, (_, name: RunNumberId) => FORMATS[name](numbers[name]!));
}

/** Ids of the numbers that a template uses. */
export const numbersIn = (template: string): string[] => [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
export const isRunNumber = (name: string): name is RunNumberId => Object.hasOwn(FORMATS, name);

/**
 * Terms that contain every word of the query in a name, a synonym or the explanation. Terms with a name that begins
 * with the query come first; others are in alphabetical order.
 */
export function searchTerms(query: string): TermId[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const found = TERM_IDS.filter((id) => {
    const text = [termName(id), ...otherNames(id), ENTRIES[id].says].join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const start = words.join(' ');
  const isNamed = (id: TermId): boolean =>
    start !== '' && [termName(id), ...otherNames(id)].some((name) => name.toLowerCase().startsWith(start));
  const byName = (a: TermId, b: TermId): number => termName(a).localeCompare(termName(b), 'en');
  return found.sort((a, b) => Number(isNamed(b)) - Number(isNamed(a)) || byName(a, b));
}
