import { expect, test } from 'vitest';
import { bannedWords } from '../../../scripts/language';
import { type MetricId, metricOf, METRICS } from '../metrics';
import { inShort, valueWords } from '../metrics/words';
import { ENTRIES } from './entries';
import { isRunNumber, numbersIn, type RunNumberId, searchTerms, termSentence } from './sentence';
import { findTerm, otherNames, TERM_IDS, type TermId, termName } from './terms';

const sentencesOf = (text: string): string[] => text.match(/[^.]+(?:\.\d[^.]*)*\./g) ?? [];

test.each(TERM_IDS)('%s has one or two short sentences in plain words', (id) => {
  for (const text of [ENTRIES[id].says, ENTRIES[id].here ?? ENTRIES[id].says]) {
    expect(text).toMatch(/^[A-Z].*\.$/);
    const sentences = sentencesOf(text);
    expect(sentences.join('')).toBe(text);
    expect(sentences.length).toBeLessThanOrEqual(2);
    for (const sentence of sentences) expect(sentence.split(/\s+/).length).toBeLessThanOrEqual(25);
    expect(bannedWords(text)).toEqual([]);
  }
});

test('every number in an entry is a known number of a run', () => {
  const used = TERM_IDS.flatMap((id) => numbersIn(ENTRIES[id].here ?? ''));
  expect(used.length).toBeGreaterThan(20);
  expect(used.filter((name) => !isRunNumber(name))).toEqual([]);
});

test('inserts the open run’s number, and without it uses the general sentence', () => {
  expect(termSentence('perplexity', { perplexity: 113.2 })).toBe(
    'How many tokens the model hesitates between, on average; here 113. Lower is better.',
  );
  expect(termSentence('accuracy', { accuracy: 88.3 })).toBe('Share of answers that are right; here 88.3 %.');
  expect(termSentence('parameter', { parameters: 2_190_000 })).toContain('This model has 2.19 M parameters.');
  for (const numbers of [undefined, {}, { perplexity: NaN }])
    expect(termSentence('perplexity', numbers)).toBe(ENTRIES.perplexity.says);
});

test('a metric’s number has the same unit as in tables', () => {
  const value = 97.62;
  const ids = TERM_IDS.flatMap((id) => numbersIn(ENTRIES[id].here ?? '').map((name) => [id, name] as const));
  const metrics = ids.filter((each): each is [TermId, MetricId & RunNumberId] => Object.hasOwn(METRICS, each[1]));
  expect(metrics.map(([, name]) => name).sort()).toEqual(['accuracy', 'bitsPerByte', 'loss', 'macroF1', 'perplexity']);
  for (const [id, name] of metrics) {
    const metric = metricOf(name);
    const inTable = valueWords(inShort(metric), { value });
    expect(termSentence(id, { [name]: value })).toMatch(new RegExp(`(?<![\\d,.])${inTable}(?![\\d,.]*\\d| %)`));
  }
});

test('shows the same top-p as its slider', () => {
  expect(termSentence('top-p', { topP: 0.9 })).toContain('probability of 0.9.');
});

test('no two terms share a name', () => {
  const names = TERM_IDS.flatMap((id) => [termName(id), ...otherNames(id)]).map((name) => name.toLowerCase());
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
});

test('finds a label’s first term in upper or lower case, singular or plural, and the longest of several', () => {
  const found = (label: string) => {
    const term = findTerm(label);
    return term && [term.id, label.slice(term.start, term.end)];
  };
  expect(found('Learning rate by step')).toEqual(['learning-rate', 'Learning rate']);
  expect(found('Best perplexity, per epoch')).toEqual(['perplexity', 'perplexity']);
  expect(found('Training losses')).toBeUndefined();
  expect(found('Tokens a second')).toEqual(['token', 'Tokens']);
  expect(found('Top-5 accuracy')).toEqual(['top-5-accuracy', 'Top-5 accuracy']);
  expect(found('Frozen-weight precision')).toEqual(['weight-precision', 'Frozen-weight precision']);
  expect(found('chrF++')).toEqual(['chrf', 'chrF++']);
  expect(found('Loss')).toEqual(['loss', 'Loss']);
});

test('everyday words are terms only if they are the whole label', () => {
  expect(findTerm('Heads')?.id).toBe('attention-head');
  expect(findTerm('Page headers and footers')).toBeUndefined();
  expect(findTerm('Context')?.id).toBe('context-length');
  expect(findTerm('Sort text by label')).toBeUndefined();
  expect(findTerm('Tokenization-free')).toBeUndefined();
});

test('search finds terms by name, synonym and explanation', () => {
  expect(searchTerms('')).toHaveLength(TERM_IDS.length);
  expect(searchTerms('')[0]).toBe('accuracy');
  expect(searchTerms('TOP')).toEqual(expect.arrayContaining(['top-k', 'top-p', 'top-5-accuracy']));
  // Names come before mentions.
  expect(searchTerms('temperature')[0]).toBe('temperature');
  expect(searchTerms('loss')[0]).toBe('loss');
  expect(searchTerms('nucleus')).toEqual(['top-p']);
  expect(searchTerms('ollama')).toEqual(['gguf']);
  expect(searchTerms('bits  memory')).toContain('weight-precision');
  expect(searchTerms('flux capacitor')).toEqual([]);
});
