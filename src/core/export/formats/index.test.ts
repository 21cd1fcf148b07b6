import { expect, test } from 'vitest';
import { CARDS, FORMAT_IDS, formatOfCard, firstFormat, FOLDER_FORMAT, PRECISIONS } from '../cards';
import { modelSpec } from '../../models';
import { DEFAULT_RECIPE } from '../../train/recipe';
import { F16, F32, type Format, weightBytes } from '../format';
import type { FormatSettings } from '../formatSettings';
import { type FormatId, FORMATS } from '.';

test('lists every format that has a folder', () => {
  const files = import.meta.glob<object>('./*/format.ts', { eager: true });
  const stated = Object.values(files).map((exports) =>
    Object.values(exports as Record<string, object>).filter((one): one is Format => 'check' in one && 'files' in one),
  );
  for (const formats of stated) expect(formats.length).toBeGreaterThan(0);
  expect(new Set(stated.flat())).toEqual(new Set(Object.values(FORMATS)));
  expect(stated.flat()).toHaveLength(FORMAT_IDS.length);
});

test('cards have unique names, and lines refer to existing cards', () => {
  expect(new Set(CARDS.map(({ name }) => name)).size).toBe(CARDS.length);
  for (const { onCard } of CARDS)
    if (onCard) expect(CARDS.find((card) => card === onCard.card)?.onCard).toBeUndefined();
  expect(FORMATS[FOLDER_FORMAT].card.onCard).toBeUndefined();
});

test('offers the offline page first, or the folder of a model without a page', () => {
  const model = { id: 'gpt', config: modelSpec('gpt').presets[0]!.config, vocabulary: 257 } as const;
  const settings: FormatSettings = { model, recipe: DEFAULT_RECIPE, tokenizer: 'bytes' };
  expect(firstFormat(settings)).toBe('html');
  expect(firstFormat({ ...settings, tokenizer: 'wordpiece' })).toBe('hf');
});

test('a card gives the chosen precision, else the next one with more bits, else its only one', () => {
  const precisions = ['F32', 'F16', 'Q8_0'].map((label) => PRECISIONS.find((each) => each.label === label)!);
  const given = (name: string): FormatId[] =>
    precisions.map((precision) =>
      formatOfCard(
        CARDS.find((card) => card.name === name)!,
        precision,
      ),
    );
  const bits = PRECISIONS.map((precision) => precision.bits);
  expect(bits).toEqual(bits.toSorted((a, b) => b - a));
  expect(given('GGUF')).toEqual(['gguf-f32', 'gguf-f16', 'gguf-q8_0']);
  expect(given('ONNX')).toEqual(['onnx-f32', 'onnx-f16', 'onnx-f16']);
  expect(given('Hugging Face folder')).toEqual(['hf', 'hf', 'hf']);
  expect(given('Web service')).toEqual(['service', 'service', 'service']);
});

test('a precision states its bits', () => {
  expect(weightBytes(FORMATS['gguf-q8_0'].precision, { parameters: 320 })).toBe(340);
  expect([F32.bits, F16.bits]).toEqual([32, 16]);
});
