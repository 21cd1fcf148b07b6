import { beforeAll, expect, test } from 'vitest';
import type { TrainEvent } from '../../../train/run';
import { exportedOf } from '../../../../testing/exports/models';
import { plainRow } from '../../../../testing/exports/rows';
import { textIn, writtenPage } from '../../../../testing/offlinePage';
import type { Exported } from '../../format';
import type { PageModel } from './write';
import { learnedOf, MAX_SAMPLES } from './learned';

let model: Exported;
beforeAll(async () => {
  model = await exportedOf(plainRow('gpt'));
});

const evaluated = (step: number, loss: number, sample: Extract<TrainEvent, { kind: 'evaluated' }>['sample']) =>
  ({ kind: 'evaluated', step, activeMs: step, loss, metrics: {}, sample }) as const;
const at = (step: number, events: readonly TrainEvent[]): Exported => ({
  ...model,
  info: { ...model.info, state: { ...model.info.state, step } },
  events,
});

test("has each evaluated step up to the model's, once, with its sample", () => {
  const events = [
    evaluated(10, Math.log(40), 'ab\0c'),
    evaluated(20, Math.log(30), 'first'),
    evaluated(20, Math.log(20), 'again'),
    evaluated(30, Math.log(10), 'later'),
  ];
  const learned = learnedOf(at(20, events))!;
  expect(learned.samples).toEqual([
    { step: 10, result: 'perplexity 40.0', text: 'abc' },
    { step: 20, result: 'perplexity 20.0', text: 'again' },
  ]);
  expect(learned.curve.match(/<circle/g)).toHaveLength(2);
  expect(learned.curve).toContain('At step 20: 20.0.');
  expect(learned.curve).not.toContain('later');
  expect(learned.curve).toContain('>unigram ');
  expect(learned.baselines).toContain('A unigram model knows only how common each token is.');
});

test('one evaluated step is no curve, and a non-finite loss is no point', () => {
  expect(learnedOf(at(20, [evaluated(10, 2, 'a')]))).toBeNull();
  expect(learnedOf(at(20, [evaluated(10, 2, 'a'), evaluated(20, NaN, 'b')]))).toBeNull();
  expect(learnedOf(at(0, []))).toBeNull();
});

test('leaves out answers and filled blanks, which would show training data', () => {
  const filled = { kind: 'filled', parts: [{ text: 'private' }] } as const;
  const answered = { kind: 'answered', input: 'private', given: 'x' } as const;
  const learned = learnedOf(at(20, [evaluated(10, 2, filled as never), evaluated(20, 1, answered)]))!;
  expect(learned.samples).toEqual([]);
  expect(JSON.stringify(learned)).not.toContain('private');
});

test('thins many samples, keeps the first and the last, and puts them on the page', async () => {
  const events = Array.from({ length: 500 }, (_, i) => evaluated(i + 1, 3, `<b>${i + 1}</b>`));
  const many = at(500, events);
  const { samples } = learnedOf(many)!;
  expect(samples).toHaveLength(MAX_SAMPLES);
  expect([samples[0]!.step, samples.at(-1)!.step]).toEqual([1, 500]);
  const page = await writtenPage(many);
  expect((JSON.parse(textIn(page, 'model')) as PageModel).samples).toEqual(samples);
  expect(page).toContain('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 320"');
  expect(page).not.toContain('<b>');
  // The page comes without other files.
  expect(page).not.toContain('DATASHEET.md');
});
