import { expect, test } from 'vitest';
import type { Segment } from '../../core/runs/segments';
import type { DataFacts } from '../../core/runs/settings';
import { dataFacts } from '../../testing/runRecord';
import { DEFAULT_RECIPE } from '../../core/train/recipe';
import { RunLog } from '../../state/runLog';
import { formatClock, runEvents } from './runEvents';
import { changeMarks, segmentChanges } from './segmentWords';
import type { RunRecord } from '../../core/runs/record';
import type { RunSettings } from '../../state/runSettings';

const facts = (unigramLoss: number, ...names: string[]) =>
  dataFacts({
    texts: names.map((name) => ({ name, characters: 1, sha256: '' })),
    textHash: names.join(),
    parts: { train: { tokens: 1200, bytes: 1 }, validation: { tokens: 1, bytes: 1 } },
    unigramLoss,
  });
const segment = (after: number, known: DataFacts | null): Segment => ({
  after,
  recipe: DEFAULT_RECIPE,
  data: { id: null, facts: known },
});
const settings: RunSettings = {
  model: { id: 'gpt', config: { layers: 1, heads: 1, width: 8, context: 8 }, vocabulary: 300 },
  recipe: { ...DEFAULT_RECIPE, warmup: 2 },
  tokenizer: 'bytes',
  segments: [segment(0, facts(3))],
  tokensPerStep: 96,
  isRecipeKnown: true,
};
const step = (log: RunLog, n: number, loss: number) =>
  log.append({
    kind: 'step',
    step: n,
    loss,
    learningRate: 0,
    gradientNorm: 1,
    tokensPerSecond: 1,
    activeMs: 1000 * n,
    memoryBytes: 0,
  });
const evaluate = (log: RunLog, n: number, loss: number) =>
  log.append({
    kind: 'evaluated',
    step: n,
    loss,
    metrics: { bitsPerByte: { value: 1 } },
    activeMs: 1000 * n,
    sample: '',
  });

test('lists events in order, and each turning point once', () => {
  const log = new RunLog();
  evaluate(log, 0, 5.7);
  log.append({ kind: 'saved', step: 0, bytes: 26.3e6 });
  for (const n of [1, 2, 3, 4]) {
    step(log, n, 4 - n);
    evaluate(log, n, 4 - n / 2);
  }
  expect(runEvents(log, settings).map(({ step, words }) => `${step} ${words}`)).toEqual([
    '0 Evaluated, perplexity 299',
    '0 Saved and checked, 26.3 MB',
    '1 Evaluated, perplexity 33.1, best so far',
    '2 Warm-up ended, learning rate 0.001',
    '2 Evaluated, perplexity 20.1, best so far',
    '2 Starting to memorize: training text is 1.0 nats easier than new text',
    '3 Evaluated, perplexity 12.2, best so far',
    '3 Knows common words: past a unigram model, perplexity 20.1',
    '4 Evaluated, perplexity 7.39, best so far',
  ]);
});

test('each baseline that a run beats is a milestone, in the order of the baselines', () => {
  const log = new RunLog();
  for (const [n, loss] of [
    [0, 1],
    [1, 3.5],
    [2, 2.4],
    [3, 1.9],
    [4, 2.2],
  ] as const) {
    evaluate(log, n, loss);
  }
  const counted = { ...facts(3.1), nGrams: { unigram: 3, bigram: 2.5, trigram: 2 } };
  const shown = runEvents(log, { ...settings, segments: [segment(0, counted)] });
  expect(shown.map(({ step, words }) => `${step} ${words}`).filter((words) => words.includes('past'))).toEqual([
    '2 Knows common words: past a unigram model, perplexity 20.1',
    '2 Knows word pairs: past a bigram model, perplexity 12.2',
    '3 Knows word triples: past a trigram model, perplexity 7.39',
  ]);
});

test('a run that stops early reports its patience', () => {
  const log = new RunLog();
  step(log, 1, 2);
  evaluate(log, 1, 2);
  log.append({ kind: 'early', step: 1, loss: 1.9, evaluations: 3 });
  expect(runEvents(log, settings).map(({ words }) => words)).toContain(
    'Stopped early: 3 evaluations without improvement',
  );
});

test('a saved best step isn’t called a checkpoint to resume from', () => {
  const log = new RunLog();
  step(log, 1, 2);
  evaluate(log, 1, 2);
  log.append({ kind: 'kept', step: 1, bytes: 9e6 });
  step(log, 2, 1);
  log.append({ kind: 'saved', step: 2, bytes: 26.3e6 });
  evaluate(log, 2, 1.5);
  log.append({ kind: 'kept', step: 2, bytes: 0 });
  const shown = runEvents(log, {
    ...settings,
    recipe: { ...DEFAULT_RECIPE, warmup: 0 },
    segments: [segment(0, null)],
  });
  expect(shown.map(({ step, words }) => `${step} ${words}`)).toEqual([
    '1 Evaluated, perplexity 7.39, best so far',
    '1 New best, 9 MB',
    '2 Evaluated, perplexity 4.48, best so far',
    '2 Starting to memorize: training text is 0.5 nats easier than new text',
    '2 Saved and checked, 26.3 MB',
    '2 New best',
  ]);
});

test('a worse evaluation is not the best, and without a baseline none is beaten', () => {
  const log = new RunLog();
  for (const [n, loss] of [
    [1, 2],
    [2, 2.5],
  ] as const) {
    step(log, n, loss);
    evaluate(log, n, loss);
  }
  const words = runEvents(log, { ...settings, segments: [segment(0, null)] }).map((event) => event.words);
  expect(words).toEqual([
    'Evaluated, perplexity 7.39, best so far',
    'Warm-up ended, learning rate 0.001',
    'Evaluated, perplexity 12.2',
  ]);
});

test('a change of the text is an event and resets best and gap', () => {
  const log = new RunLog();
  for (const [n, loss] of [
    [1, 2],
    [2, 1.8],
    [3, 4],
    [4, 3.5],
    [5, 2.6],
  ] as const) {
    step(log, n, loss - 0.1);
    evaluate(log, n, loss);
  }
  const segments = [segment(0, facts(3, 'a.txt')), segment(2, facts(3.2, 'b.txt', 'c.txt', 'd.txt'))] as const;
  const shown = runEvents(log, { ...settings, recipe: { ...settings.recipe, warmup: 0 }, segments: [...segments] });
  expect(shown.map((event) => `${event.step} ${event.words}`)).toEqual([
    '1 Evaluated, perplexity 7.39, best so far',
    '1 Knows common words: past a unigram model, perplexity 20.1',
    '2 Evaluated, perplexity 6.05, best so far',
    '2 Continued on other text: b.txt and 2 others, 1,200 training tokens; baselines reset',
    '3 Evaluated, perplexity 54.6, best so far',
    '4 Evaluated, perplexity 33.1, best so far',
    '5 Evaluated, perplexity 13.5, best so far',
    '5 Knows common words: past a unigram model, perplexity 24.5',
  ]);
});

test('a change of settings is an event with the old values', () => {
  const [first, ...others] = segmentChanges({
    model: settings.model,
    segments: [
      segment(0, facts(3)),
      { ...segment(40, facts(3)), recipe: { ...DEFAULT_RECIPE, dropout: 0.3, learningRate: 3e-4 }, why: 'recipe' },
      { ...segment(60, facts(3, 'b.txt')), recipe: DEFAULT_RECIPE, why: 'both' },
    ],
  });
  expect(first).toEqual({
    after: 40,
    label: 'other settings',
    longLabel: 'from step 40: learning rate 0.001 → 0.0003; dropout 0 → 0.3',
    what: 'learning rate 0.001 → 0.0003; dropout 0 → 0.3',
    words: 'Continued with other settings: learning rate 0.001 → 0.0003; dropout 0 → 0.3',
  });
  expect(others.map(({ label, words }) => [label, words])).toEqual([
    [
      'other text and settings',
      'Continued on other text: b.txt, 1,200 training tokens; with other settings: learning rate 0.0003 → 0.001; dropout 0.3 → 0',
    ],
  ]);
});

test('a chart marks where a fork left its parent, with the changed settings', () => {
  const changed = [
    segment(0, facts(3)),
    { ...segment(40, facts(3)), recipe: { ...DEFAULT_RECIPE, dropout: 0.3 }, why: 'recipe' as const },
  ] as const;
  const parent = { runId: 'a', step: 40, how: 'fork' as const, name: 'Ahab' };
  const marks = (segments: RunSettings['segments'], from: RunRecord['parent']) =>
    changeMarks({ model: settings.model, segments }, from);
  expect(marks([...changed], parent)).toEqual([
    { x: 40, label: 'fork, other settings', longLabel: 'fork of Ahab at step 40: dropout 0 → 0.3' },
  ]);
  expect(marks([segment(0, facts(3))], parent)).toEqual([
    { x: 40, label: 'fork', longLabel: 'fork of Ahab at step 40' },
  ]);
  // Earlier changes of the parent are marked as well.
  expect(marks([...changed], { ...parent, step: 90 }).map(({ x }) => x)).toEqual([40, 90]);
  expect(marks([segment(0, facts(3))], { ...parent, how: 'import' })).toEqual([]);
});

test('formats the clock', () => {
  expect([0, 87_400, 3_723_000].map(formatClock)).toEqual(['0:00', '1:27', '1:02:03']);
});
