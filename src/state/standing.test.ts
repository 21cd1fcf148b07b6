import { expect, test } from 'vitest';
import { dataFacts, runRecord } from '../testing/runRecord';
import { DEFAULT_RECIPE } from '../core/train/recipe';
import { newOpenRun } from './openRun';
import { initialProject } from '../core/runs/project';
import { RunLog } from './runLog';
import { standingOf } from './standing';
import type { OpenRun } from './slices/run';

const project = initialProject('first', 0);
const N_GRAMS = { unigram: 6.4, bigram: 4.72, trigram: 4.44 };

/** A run evaluated once, at step 10. */
const evaluated = (record: OpenRun['record'], loss: number, accuracy?: number): OpenRun => ({
  ...newOpenRun('a'),
  record,
  log: new RunLog([evaluation(loss, accuracy)]),
});
const evaluation = (loss: number, accuracy?: number) =>
  ({ kind: 'evaluated', step: 10, loss, activeMs: 1, metrics: accuracy === undefined ? {} : { accuracy: { value: accuracy } }, sample: '' }) as const; // prettier-ignore

test('a language model is compared with the strongest counting baseline', () => {
  const record = runRecord({ data: { facts: dataFacts({ nGrams: N_GRAMS }) } });
  expect(standingOf(evaluated(record, 4.38), project)).toMatchObject({ kind: 'better' });
  expect(standingOf(evaluated(record, Math.log(113)), project)).toEqual({
    kind: 'worse',
    judgement: 'Counting word pairs still beats it',
    evidence:
      'Perplexity 113 on text it never saw; a bigram model, which only counts which token follows which, has 112, and a trigram model 84.8. ' +
      'It passed a unigram model (602).',
  });
  expect(standingOf(evaluated(record, 4.5), project).judgement).toBe('Counting word triples still beats it');
  // Train, Runs and Evaluate use the same function for words about the end of training.
  expect(standingOf(evaluated(record, 4.5), project, 'falling').evidence).toMatch(
    / It was still improving when training ended\.$/,
  );
  expect(standingOf(evaluated(record, 4.5), project, 'level').evidence).not.toContain('improving');
  expect(standingOf(evaluated(record, 4.38), project, 'falling')).toEqual({ kind: 'better' });
  // If the training text is much easier, more steps don't help.
  const steps = Array.from({ length: 10 }, (_, i) => ({ kind: 'step', step: i + 1, loss: 2, learningRate: 0, gradientNorm: 0, tokensPerSecond: 0, activeMs: i, memoryBytes: 0 }) as const); // prettier-ignore
  const memorized = { ...evaluated(record, 4.5), log: new RunLog([...steps, evaluation(4.5)]) };
  const standing = standingOf(memorized, project, 'falling');
  expect(standing.needsText).toBe(true);
  expect(standing.evidence).toMatch(
    / At the last step, training text is 2\.5 nats easier than new text: more text helps more than more steps\.$/,
  );
  // An unusual learning rate is the first thing to change.
  const recipe = { ...DEFAULT_RECIPE, learningRate: 9 };
  const unusual = runRecord({ recipe, data: { facts: dataFacts({ nGrams: N_GRAMS }) } });
  const worse = standingOf({ ...evaluated(unusual, 4.5), log: new RunLog([...steps, evaluation(4.5)]) }, project);
  expect(worse.needsText).toBeUndefined();
  expect(worse.needsRate).toBeGreaterThan(0);
  expect(worse.evidence).toMatch(
    / The learning rate 9 is [\d,]+ times the usual rate for AdamW at [\d.,k ]+ parameters\.$/,
  );
  expect(standingOf({ ...evaluated(record, 4), log: new RunLog() }, project)).toEqual({ kind: 'unknown' });
  expect(standingOf(evaluated(runRecord({}), 4), project)).toEqual({ kind: 'unknown' });
});

/** Validation set of 60 texts, half of each label. */
const labels = {
  train: { ham: 200, spam: 200 },
  validation: { ham: 30, spam: 30 },
  accuracy: { majority: 50, naiveBayes: (100 * 52) / 60 },
};
test.each([
  [60, 'better', 'Finished: 60 of 60 texts right'],
  [57, 'level', 'Finished: 57 of 60 texts right'],
  [53, 'level', 'Finished: 53 of 60 texts right'],
  [40, 'worse', 'Counting words (naive Bayes) still beats it'],
  [31, 'no better than one label', "It hasn't learned the labels"],
])('a classifier with %i of 60 texts right: %s', (right, kind, judgement) => {
  const record = runRecord({
    recipe: { ...DEFAULT_RECIPE, objective: 'labels' },
    data: { facts: dataFacts({ labels }) },
  });
  const classes = { labels: ['ham', 'spam'], pooling: 'last', truncation: 'end' } as never;
  const run = evaluated({ ...record, model: { ...record.model, config: { ...record.model.config, classes } } }, 0.4, (100 * right) / 60); // prettier-ignore
  const standing = standingOf(run, project);
  expect(standing.kind).toBe(kind);
  expect(standing.judgement).toBe(judgement);
});
