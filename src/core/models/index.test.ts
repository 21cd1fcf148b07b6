import { existsSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { modelIds, MODELS, modelSpec } from '.';
import type { Field } from '../base/field';
import { theirShape } from './layout';
import { piecesOf } from './picture';
import { countParams, sizeOf } from './spec';

test('every model folder is in the list', () => {
  const folders = readdirSync(new URL('.', import.meta.url), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  expect(Object.keys(MODELS).sort()).toEqual(folders.map(({ name }) => name).sort());
});

test("a format's file exists exactly if the architecture declares the format", () => {
  for (const id of modelIds()) {
    const { onnx, page, pytorch } = modelSpec(id);
    const has = (file: string): boolean => existsSync(new URL(`${id}/${file}`, import.meta.url));
    expect([has('onnx.ts'), has('page.ts')], id).toEqual([Boolean(onnx), Boolean(page)]);
    if (pytorch)
      expect(existsSync(new URL(`../../../public/templates/${pytorch.file}`, import.meta.url)), id).toBe(true);
  }
});

test("a size that isn't a number explains itself, because it has no bounds", () => {
  for (const id of modelIds())
    for (const [name, field] of Object.entries<Field>(modelSpec(id).fields))
      if (field.kind === 'real') expect(field.hint, `${id} ${name}`).toMatch(/./);
});

test('a diagram contains every weight of each block once', () => {
  for (const id of modelIds()) {
    const { presets, params, picture } = modelSpec(id);
    for (const untied of [false, true]) {
      const config = { ...presets[0]!.config, layers: 3, ...(untied && { untied: true as const }) };
      const table = params(config, 300);
      const pieces = picture(config, 300).stacks.flatMap((stack) => [...piecesOf(stack)]);
      const names = pieces.flatMap(({ piece }) => piece.weights);
      expect(new Set(names).size, id).toBe(names.length);
      const counted = pieces.flatMap(({ piece, times }) =>
        piece.weights.map((name) => times * sizeOf(table[name]!.shape)),
      );
      expect(
        counted.reduce((sum, n) => sum + n, 0),
        id,
      ).toBe(countParams(table));
    }
  }
});

test('a layout holds as many values as the model', () => {
  for (const id of modelIds()) {
    const { presets, params, huggingFace, gguf } = modelSpec(id);
    for (const untied of [false, true]) {
      const config = { ...presets[0]!.config, ...(untied && { untied: true as const }) };
      const table = params(config, 300);
      const values = Object.values(table).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
      for (const layout of [huggingFace?.layout?.(config), gguf?.layout(config)]) {
        if (!layout) continue;
        expect(new Set(layout.map(({ name }) => name)).size).toBe(layout.length);
        expect(layout.reduce((sum, piece) => sum + sizeOf(theirShape(piece, table[piece.of]!.shape)), 0)).toBe(values);
      }
    }
  }
});
