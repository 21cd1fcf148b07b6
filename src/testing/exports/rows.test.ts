import { expect, test } from 'vitest';
import type { Field } from '../../core/base/field';
import { MODELS, modelIds } from '../../core/models';
import { toy, TOY_ID } from '../toyModel/spec';
import { refusalOf } from './refused';
import { rowNamed, rows } from './rows';

test('each architecture in the list has rows with unique names', () => {
  expect(new Set(rows().map(({ id }) => id))).toEqual(new Set(modelIds()));
  expect(new Set(rows().map(({ name }) => name)).size).toBe(rows().length);
  expect(() => rowNamed('Mamba, plain')).toThrow('No row is called "Mamba, plain": GPT, plain; ');
});

test('every value of every switch and choice occurs in a row', () => {
  for (const [id, { fields }] of Object.entries(MODELS))
    for (const [name, field] of Object.entries<Field>(fields)) {
      const positions = field.kind === 'switch' ? [true, false] : field.kind === 'choice' ? Object.keys(field.of) : [];
      const found = rows().flatMap((row) => (row.id === id ? [(row.config as unknown as Record<string, unknown>)[name]] : [])); // prettier-ignore
      for (const position of positions) expect(found, `${id}: ${name}`).toContain(position);
    }
});

test('a new architecture gets rows, and its own statements decide what is expected', () => {
  const models = MODELS as Record<string, object>;
  models[TOY_ID] = toy;
  try {
    const own = rows().filter(({ id }) => id === TOY_ID);
    expect(own.map(({ name }) => name)).toEqual(['Toy, plain', 'Toy, adapted']);
    expect([refusalOf(own[0]!, 'hf'), refusalOf(own[0]!, 'gguf-f16')]).toEqual([null, null]);
    expect(refusalOf(own[0]!, 'onnx-f32')).toBe('The ONNX exporter doesn’t support Toy models');
    models[TOY_ID] = { ...toy, problems: () => [{ field: 'heads', message: 'Never.' }] };
    expect(rows).toThrow('No row of Toy fits its own bounds: give it sizes in SMALL');
  } finally {
    Reflect.deleteProperty(models, TOY_ID);
  }
});
