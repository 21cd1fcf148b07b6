import { expect, test } from 'vitest';
import { modelFiles } from './modelFiles';

/** Names of the files that are passed on for these paths. */
const given = async (...paths: string[]): Promise<string[]> =>
  Promise.all(
    modelFiles(paths.map((path) => ({ path, file: new File([path], path.split('/').at(-1)!) }))).map((file) =>
      file.text(),
    ),
  );

test('skips folders below a model, and files around it', async () => {
  const model = ['m/config.json', 'm/model.safetensors', 'm/tokenizer.json'];
  expect(await given(...model, 'm/onnx/config.json', 'm/onnx/model.onnx', 'm/checkpoints/1/model.safetensors')).toEqual(
    model,
  );
  expect(await given('r/README.md', 'r/data/meta.json', 'r/model/config.json', 'r/model/model.safetensors')).toEqual([
    'r/model/config.json',
    'r/model/model.safetensors',
  ]);
});

test('passes on two models, so that the importer can refuse them, and all loose files, zips and folders without weights', async () => {
  for (const paths of [
    ['d/a/config.json', 'd/a/model.safetensors', 'd/b/config.json', 'd/b/model.safetensors'],
    ['config.json', 'merges.txt', 'model.safetensors', 'vocab.json'],
    ['m.zip'],
    ['m/config.json', 'm/onnx/model.onnx'],
  ])
    expect(await given(...paths)).toEqual(paths);
});
