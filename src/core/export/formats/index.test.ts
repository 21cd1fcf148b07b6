import { beforeAll, expect, test } from 'vitest';
import { template } from '../../../../scripts/templates';
import { countParams } from '../../models/spec';
import { modelSpec } from '../../models';
import { recipeOf } from '../../runs/segments';
import { trainedModels } from '../../testing/trainedModel';
import { untrainedBert, untrainedT5 } from '../../testing/untrainedModels';
import { DEFAULT_RECIPE } from '../../train/recipe';
import { CARDS, firstFormat, FOLDER_FORMAT, FORMAT_IDS, formatOfCard, PRECISIONS } from '../cards';
import {
  expectedBytes,
  type Exported,
  F16,
  F32,
  type Format,
  type FormatSettings,
  type Known,
  weightBytes,
} from '../format';
import { type FormatId, FORMATS } from '.';

let models: Exported[];
beforeAll(async () => {
  models = await trainedModels();
}, 240_000);

test('lists every format that a file of the folder states', () => {
  const files = import.meta.glob<object>(['./*.ts', '!./index.ts', '!./*.test.ts'], { eager: true });
  const stated = Object.values(files).map((exports) =>
    Object.values(exports as Record<string, object>).filter((one): one is Format => 'check' in one && 'files' in one),
  );
  for (const formats of stated) expect(formats.length).toBeGreaterThan(0);
  expect(new Set(stated.flat())).toEqual(new Set(Object.values(FORMATS)));
  expect(stated.flat()).toHaveLength(FORMAT_IDS.length);
});

test('cards have names of their own, and lines are on cards that are there', () => {
  expect(new Set(CARDS.map(({ name }) => name)).size).toBe(CARDS.length);
  for (const { onCard } of CARDS)
    if (onCard) expect(CARDS.find((card) => card === onCard.card)?.onCard).toBeUndefined();
  expect(FORMATS[FOLDER_FORMAT].card.onCard).toBeUndefined();
});

test('the offline page is offered first, and the folder of a model that has no such page', () => {
  const model = { id: 'gpt', config: modelSpec('gpt').presets[0]!.config, vocabulary: 257 } as const;
  const settings: FormatSettings = { model, recipe: DEFAULT_RECIPE, tokenizer: 'bytes' };
  expect(firstFormat(settings)).toBe('html');
  expect(firstFormat({ ...settings, tokenizer: 'wordpiece' })).toBe('hf');
});

test('a card gives the precision that is chosen, else the next with more bits, else its only one', () => {
  const given = (name: string): FormatId[] =>
    PRECISIONS.map((precision) =>
      formatOfCard(
        CARDS.find((card) => card.name === name)!,
        precision,
      ),
    );
  expect(PRECISIONS.map(({ label }) => label)).toEqual(['F32', 'F16', 'Q8_0']);
  expect(given('GGUF')).toEqual(['gguf-f32', 'gguf-f16', 'gguf-q8_0']);
  expect(given('ONNX')).toEqual(['onnx-f32', 'onnx-f16', 'onnx-f16']);
  expect(given('Hugging Face folder')).toEqual(['hf', 'hf', 'hf']);
  expect(given('Web service')).toEqual(['service', 'service', 'service']);
});

test('what a format is expected to take is what it takes, of small models too', async () => {
  for (const exported of [...models, await untrainedBert(), await untrainedT5()]) {
    const { id, config, vocabulary } = exported.info.model;
    const known: Known = {
      model: exported.info.model,
      parameters: countParams(modelSpec(id).params(config, vocabulary)),
      saved: [...exported.snapshot.tensors.values()].reduce((sum, { data }) => sum + data.byteLength, 0),
      tokens: exported.tokens ? exported.tokens.train.tokens + exported.tokens.validation.tokens : 0,
      withOptimizer: true,
      steps: exported.events.filter(({ kind }) => kind === 'step').length,
    };
    for (const withOptimizer of [true, false]) {
      for (const format of FORMAT_IDS) {
        const settings = {
          model: exported.info.model,
          recipe: recipeOf(exported.info),
          tokenizer: exported.tokenizer.model.kind,
        };
        if (FORMATS[format].problem?.(settings)) continue;
        const files = await FORMATS[format].files(exported, { withOptimizer, template });
        const bytes = files.reduce((sum, { size }) => sum + size, 0);
        const expected = expectedBytes(FORMATS[format], { ...known, withOptimizer });
        expect(Math.abs(expected / bytes - 1), `${id} as ${format}`).toBeLessThan(0.15);
      }
    }
  }
});

test('a precision is its bits', () => {
  expect(weightBytes(FORMATS['gguf-q8_0'].precision, { parameters: 320 })).toBe(340);
  expect([F32.bits, F16.bits]).toEqual([32, 16]);
});
