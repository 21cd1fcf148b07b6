import { expect, test } from 'vitest';
import { dataFacts } from '../../testing/runRecord';
import type { TrainEvent } from '../../core/train/run';
import { DEFAULT_RECIPE } from '../../core/train/recipe';
import { RunLog } from '../../state/runLog';
import type { RunSettings } from '../../state/runSettings';
import { textMilestones } from './textMilestones';

const [unigram, bigram, trigram] = [610, 112, 85.1].map(Math.log) as [number, number, number];
const facts = {
  ...dataFacts({
    texts: [],
    textHash: '',
    parts: { train: { tokens: 9, bytes: 9 }, validation: { tokens: 9, bytes: 9 } },
  }),
  unigramLoss: unigram,
  nGrams: { unigram, bigram, trigram },
};
const settings: Pick<RunSettings, 'model' | 'recipe' | 'segments'> = {
  model: { id: 'gpt', config: { layers: 1, heads: 1, width: 8, context: 8 }, vocabulary: 2048 },
  recipe: DEFAULT_RECIPE,
  segments: [{ after: 0, recipe: DEFAULT_RECIPE, data: { id: null, facts } }],
};
const step = (at: number, loss: number): TrainEvent => ({
  kind: 'step',
  step: at,
  loss,
  learningRate: 0,
  gradientNorm: 1,
  tokensPerSecond: 1,
  activeMs: at,
  memoryBytes: 0,
});
const evaluated = (at: number, perplexity: number): TrainEvent => ({
  kind: 'evaluated',
  step: at,
  loss: Math.log(perplexity),
  metrics: {},
  activeMs: at,
  sample: '',
});
const milestones = (...events: TrainEvent[]) =>
  textMilestones(new RunLog(events), settings).map(({ title, measure, step: at }) => `${title} · ${measure} · ${at}`);

test('before training all milestones are ahead, the easiest first, even if the first loss is low', () => {
  const ahead = [
    'Knows common words · Past unigram, 610 · null',
    'Knows word pairs · Past bigram, 112 · null',
    'Knows word triples · Past trigram, 85.1 · null',
  ];
  expect(milestones()).toEqual(ahead);
  expect(milestones(evaluated(0, 50))).toEqual(ahead);
});

test('each milestone is at the first evaluation below its baseline, and stays there', () => {
  expect(milestones(evaluated(0, 2048), evaluated(72, 600), evaluated(100, 111), evaluated(200, 700))).toEqual([
    'Knows common words · Past unigram, 610 · 72',
    'Knows word pairs · Past bigram, 112 · 100',
    'Knows word triples · Past trigram, 85.1 · null',
  ]);
});

test('a model with lower loss on training text than on new text is memorizing, with the latest gap', () => {
  const loss = Math.log(100);
  const events = [step(1, loss), evaluated(1, 120), step(2, loss - 0.5), evaluated(2, 100), step(3, loss - 1)];
  expect(milestones(...events)[2]).toMatch(
    /^Starting to memorize · Training text is 0\.\d nats easier than new text · 2$/,
  );
  expect(milestones(...events.slice(0, 2)).join()).not.toContain('memorize');
  const later = milestones(
    ...events,
    ...Array.from({ length: 60 }, (_, i) => step(4 + i, loss - 0.7)),
    evaluated(63, 100),
  );
  expect(later[2]).toBe('Starting to memorize · Training text is 0.5 nats easier than new text, now 0.7 · 2');
});

test('loss spikes at a high learning rate are not memorizing', () => {
  expect(
    milestones(step(1, 28), evaluated(1, Math.exp(135)), step(2, Math.log(600)), evaluated(2, 1400)).join(),
  ).toContain('memorize');
  expect(
    milestones(step(1, 28), evaluated(1, Math.exp(135)), step(2, Math.log(620)), evaluated(2, 1400)).join(),
  ).not.toContain('memorize');
});

test('a change of the text resets all milestones', () => {
  const [first] = settings.segments;
  const changed = { ...settings, segments: [first, { ...first, after: 100 }] as const };
  const log = new RunLog([evaluated(50, 80), evaluated(150, 300)]);
  expect(textMilestones(log, changed).map((each) => each.step)).toEqual([150, null, null]);
});
