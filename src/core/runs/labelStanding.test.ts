/** Verdicts on a classifier in the state table of guidance. */
import { expect, test } from 'vitest';
import { intervalWords } from '../evaluate/labelResult';
import { accuracyOf, labelMilestones, labelProgress, labelStanding } from './labelStanding';

/** 60 held-out texts, half of each label; a word-counting baseline is correct on 52. */
const FACTS = { train: { ham: 200, spam: 200 }, validation: { ham: 30, spam: 30 }, accuracy: { majority: 50, naiveBayes: (100 * 52) / 60 } }; // prettier-ignore
const evaluated = (right: number, step = 10, texts = 60) => ({
  ...{ step, loss: 1, metrics: { accuracy: { value: (100 * right) / texts } } },
  labels: { texts, right },
});

test.each([
  [59, 'better', 'Finished: 59 of 60 texts right', 'Better than counting words (naive Bayes), which gets 52.'],
  [56, 'level', 'Finished: 56 of 60 texts right', "Counting words (naive Bayes) gets 52: too few texts to say which model is better."], // prettier-ignore
  [40, 'worse', 'Counting words (naive Bayes) still beats it', '40 of 60 against 52. Training first on plain text of this kind may help.'], // prettier-ignore
  [31, 'no better than one label', "It hasn't learned the labels", 'Accuracy 51.7 %; always guessing one label gives 50 %.'], // prettier-ignore
])('%i of 60 correct: %s', (right, kind, judgement, evidence) => {
  expect(labelStanding(evaluated(right), FACTS)).toEqual({ kind, judgement, evidence });
});

test('compares shares on a part of the held-out texts, and shows the interval without a counting baseline', () => {
  expect(labelStanding(evaluated(26, 1, 30), FACTS)!.evidence).toMatch(/ \(naive Bayes\) gets 86\.7 %: too few/);
  expect(labelStanding(evaluated(60, 1, 90), FACTS)!.evidence).toMatch(/^66\.7 % against 86\.7 %\./);
  const { accuracy: _, ...uncounted } = FACTS;
  expect(labelStanding(evaluated(56), uncounted)).toEqual({
    kind: 'unknown',
    judgement: 'Finished: 56 of 60 texts right',
    evidence: 'Accuracy 93.3 %, 84.1 to 97.4 on texts it never saw.',
  });
  expect(labelStanding({ loss: 1, metrics: {} }, FACTS)).toBeUndefined();
});

test('the interval equals scipy\'s binomtest(56, 60).proportion_ci(method="wilson")', () => {
  const accuracy = accuracyOf(evaluated(56), FACTS)!;
  expect(accuracy).toMatchObject({ texts: 60, right: 56 });
  expect(accuracy.low).toBeCloseTo(84.0746, 3);
  expect(accuracy.high).toBeCloseTo(97.3771, 3);
  expect(intervalWords(accuracy)).toBe('93.3 %, 84.1 to 97.4');
  // Older builds recorded only the share.
  expect(accuracyOf({ loss: 1, metrics: { accuracy: { value: (100 * 56) / 60 } } }, FACTS)).toEqual(accuracy);
});

test('shows the change of accuracy during training, next to the majority baseline', () => {
  const curve = [30, 36, 40, 45, 50, 53].map((right, i) => evaluated(right, 6 * i));
  expect(labelProgress(curve, FACTS, 2)).toEqual({
    judgement: 'Learning the two labels',
    evidence: 'Accuracy rose from 60.0 % to 88.3 % in the last 24 steps. Always guessing one label gives 50 %.',
  });
  expect(labelProgress(curve.slice(0, 1), FACTS, 12)).toEqual({
    judgement: 'Learning the 12 labels',
    evidence: 'Accuracy is 50.0 % so far. Always guessing one label gives 50 %.',
  });
  expect(labelProgress([evaluated(40, 1), evaluated(38, 2)], FACTS, 2)!.evidence).toMatch(/^Accuracy fell from/);
  expect(labelProgress([], FACTS, 2)).toBeUndefined();
});

test('a milestone is reached once the interval lies above its baseline', () => {
  // The interval of 38 of 60 begins above 50 %, but not that of 37.
  expect(labelMilestones([evaluated(30, 0), evaluated(37, 10)], FACTS)).toEqual([
    { id: 'majority', title: 'Better than one label for all', measure: 'Past 50 %', step: null },
    { id: 'naiveBayes', title: 'Beats word counting', measure: 'Naive Bayes gets 86.7 %', step: null },
  ]);
  const curve = [evaluated(37, 10), evaluated(45, 14), evaluated(57, 20), evaluated(59, 30)].map((each, i) => ({
    ...each,
    loss: 1 - i / 10,
  }));
  const stepsOf = (evaluations: typeof curve) => labelMilestones(evaluations, FACTS).map(({ step }) => step);
  expect(stepsOf(curve)).toEqual([14, 30]);
  // The best step by loss is the default step, so its accuracy counts.
  expect(stepsOf([...curve, { ...evaluated(37, 40), loss: 0.5 }])).toEqual([null, null]);
  expect(stepsOf([...curve, { ...evaluated(37, 40), loss: 0.8 }])).toEqual([14, 30]);
  expect(labelMilestones([evaluated(59)], undefined)).toEqual([]);
  // Nothing beats 100 %.
  const perfect = { ...FACTS, accuracy: { majority: 50, naiveBayes: 100 } };
  expect(labelMilestones([evaluated(60)], perfect)[1]).toEqual({
    ...{ id: 'naiveBayes', step: null, isOutOfReach: true },
    title: 'Word counting gets 100 %',
    measure: 'It can’t be beaten here',
  });
});
