/** Playground by the kind of its model; jobs/sample.test.ts covers the worker's part. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { modelSpec, MODELS } from '../core/models';
import type { ModelKind } from '../core/models/spec';
import type { TestStudio } from '../testing/behindChannels';
import { goldenPage, STOPPED } from '../testing/goldenPage';
import type { FillInput, GenerateInput } from '../protocol/gpu';
import { filledText, playgroundKind, promptOf } from './playground';

const guess = (text: string, probability: number) => ({ id: 1, text, bytes: [], probability, inPlace: ` ${text}` });
const asked: (FillInput | GenerateInput)[] = [];
let page: TestStudio;
beforeAll(async () => {
  page = await goldenPage(STOPPED, undefined, (halves) => {
    Object.assign(halves.gpu, {
      fill: (input: FillInput) => {
        asked.push(input);
        const blanks = [[guess('whale', 0.5), guess('ship', 0.2)], [guess('sea', 0.1)]];
        return Promise.resolve({ pieces: ['The', ' in the', '.'], blanks, ms: 5 });
      },
      generate: (input: GenerateInput) => {
        asked.push(input);
        return Promise.resolve({ reason: 'end', ms: 5 });
      },
    });
  });
});
afterAll(() => page.close());

const gpt = modelSpec('gpt');
const become = (kind: ModelKind) => Object.assign(MODELS, { gpt: { ...gpt, kind } });

test('a masked language model fills the blanks of a passage, and another candidate can be chosen', async () => {
  become('encoder');
  const { getState } = page.studio;
  expect(playgroundKind(getState())).toBe('encoder');
  expect(promptOf(getState())).toMatch(/\[MASK\]$/);
  getState().setPrompt('The ___ in the ___.');
  await getState().generate();
  expect(asked.at(-1)).toMatchObject({ runId: STOPPED, passage: 'The ___ in the ___.', max: 12 });
  expect(getState()).toMatchObject({ writing: { kind: 'done', reason: 'filled' }, written: [] });
  expect(filledText(getState().filled!)).toBe('The whale in the sea.');
  getState().choose(0, 1);
  expect(filledText(getState().filled!)).toBe('The ship in the sea.');
  getState().endWriting();
  expect(getState().filled).toBeNull();
});

test('an answering model uses greedy decoding, beam search or sampling', async () => {
  become('encoder-decoder');
  const { getState } = page.studio;
  getState().setPrompt('hgf');
  await getState().generate();
  expect(asked.at(-1)).toMatchObject({ prompt: 'hgf', temperature: 0 });
  expect(asked.at(-1)).not.toHaveProperty('beams');
  getState().setSampling({ how: 'beams', beams: { count: 3, lengthPenalty: 0.5 } });
  await getState().generate();
  expect(asked.at(-1)).toMatchObject({ temperature: 0, beams: { count: 3, lengthPenalty: 0.5 } });
  getState().setSampling({ how: 'chance' });
  await getState().generate();
  expect(asked.at(-1)).toMatchObject({ temperature: 0.8 });
  expect(asked.at(-1)).not.toHaveProperty('beams');
  become('decoder');
  await getState().generate();
  expect(asked.at(-1)).not.toHaveProperty('how');
});
