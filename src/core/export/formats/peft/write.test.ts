/** PEFT folders exported and imported: the same function, and errors are reported. */
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { template } from '../../../../../scripts/templates';
import { adapterOf } from '../../../adapters';
import { adapterTensorName } from '../../../adapters/trainable';
import { isBadFile } from '../../../base/errors';
import { unwatched } from '../../../base/job';
import { writeSafetensors } from '../../../checkpoint/safetensors';
import type { HostTensor } from '../../../checkpoint/tensors';
import { bytesSource, readBytes } from '../../../files/byteSource';
import { modelSpec } from '../../../models';
import { adapted } from '../../../../testing/adaptedModel';
import { expectClose } from '../../../../testing/checkOp';
import { trainedModels } from '../../../../testing/trainedModel';
import { withAdapter } from '../../adapted';
import { ADAPTER_CONFIG, ADAPTER_WEIGHTS } from '../../adapterFiles';
import { exportedFrom } from '../../exported';
import type { Exported } from '../../format';
import { FORMATS } from '..';
import { settingsOf } from '../../formatSettings';
import { huggingFaceFiles } from '../huggingFace/write';
import { importHuggingFace } from '../huggingFace/import';
import { readPeft } from './import';
import { hubLayout } from '../../weights';
import { propertyRuns } from '../../../../testing/propertyRuns';

type Files = ReadonlyMap<string, Uint8Array>;
let gpt: Exported;
let llama: Exported;
beforeAll(async () => {
  const models = await trainedModels();
  [gpt, llama] = [models[0]!, models[3]!];
}, 240_000);

const options = { withOptimizer: true, template };
async function written(model: Exported): Promise<Files> {
  const files = await FORMATS.peft.files(model, options);
  return new Map(await Promise.all(files.map(async (file) => [file.name, await readBytes(file)] as const)));
}
const sources = (files: Files) => new Map([...files].map(([name, bytes]) => [name, bytesSource(bytes)]));
const read = (files: Files, { info }: Exported) => readPeft(sources(files), info.model, unwatched);
const configOf = (files: Files) =>
  JSON.parse(new TextDecoder().decode(files.get(ADAPTER_CONFIG))) as Record<string, unknown>;
const withConfig = (files: Files, change: object): Files =>
  new Map([...files, [ADAPTER_CONFIG, new TextEncoder().encode(JSON.stringify({ ...configOf(files), ...change }))]]);
const asBase = ({ info, snapshot, tokenizer }: Exported) => ({
  ...{ model: info.model, tokenizer, snapshot, info, events: [], resumable: false },
});

test('has the names, shapes and settings of PEFT', async () => {
  const files = await written(await adapted(llama));
  expect(configOf(files)).toMatchObject({
    peft_type: 'LORA',
    task_type: 'CAUSAL_LM',
    r: 3,
    lora_alpha: 6,
    fan_in_fan_out: false,
    target_modules: ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'],
  });
  const header = new TextDecoder().decode(files.get(ADAPTER_WEIGHTS));
  const layer = 'base_model.model.model.layers.1.self_attn.k_proj';
  expect(header).toContain(`"${layer}.lora_A.weight":{"dtype":"F32","shape":[3,64]`);
  expect(header).toContain(`"${layer}.lora_B.weight":{"dtype":"F32","shape":[64,3]`);
});

test('names a layer by its shortest unique suffix', async () => {
  const [some, one] = await Promise.all(
    [
      (name: string) => name.endsWith('attn.c_proj.weight') || name.includes('c_fc'),
      (name: string) => name === 'transformer.h.1.attn.c_attn.weight',
    ].map(async (targets) => configOf(await written(await adapted(gpt, targets)))),
  );
  expect(some).toMatchObject({ fan_in_fan_out: true, target_modules: ['attn.c_proj', 'c_fc'] });
  expect(one).toMatchObject({ target_modules: ['1.attn.c_attn'] });
});

/** A folder as PEFT makes it: each of their matrices has its own A. @param only layers with such a name */
async function theirs(base: Exported, only: RegExp, config: object = {}): Promise<Files> {
  const tensors = new Map<string, HostTensor>();
  const shape = ([rows, columns]: [number, number], seed: number): HostTensor => ({
    shape: [rows, columns],
    data: Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(seed + 1.7 * i)),
  });
  const { id, config: sizes, vocabulary } = base.info.model;
  const own = modelSpec(id).params(sizes, vocabulary);
  for (const [i, { name, of, columns }] of hubLayout(base.info.model).entries()) {
    if (!own[of]!.linear || !only.test(name)) continue;
    const [I, O] = own[of]!.shape as [number, number];
    const layer = `base_model.model.${name.replace(/weight$/, '')}`;
    const [from, to] = columns ?? [0, O];
    tensors.set(`${layer}lora_A.weight`, shape([2, I], i)).set(`${layer}lora_B.weight`, shape([to - from, 2], i + 0.5));
  }
  const settings = { peft_type: 'LORA', r: 2, lora_alpha: 5, target_modules: null, ...config };
  return new Map([
    [ADAPTER_CONFIG, new TextEncoder().encode(JSON.stringify(settings))],
    [ADAPTER_WEIGHTS, await readBytes(writeSafetensors(ADAPTER_WEIGHTS, tensors))],
  ]);
}

test.each([
  ['all, each with an A of its own', /./, {}, 6],
  ['queries and values alone, as PEFT takes them by itself', /[qv]_proj/, { target_modules: ['q_proj', 'v_proj'] }, 4],
  ['scaled by the root of the rank', /o_proj/, { use_rslora: true }, 2],
])('separately trained parts of a fused matrix give the same output as in PEFT: %s', async (_, only, config, rank) => {
  const files = await theirs(llama, only, config);
  const { adapter, tensors, words } = await read(files, llama);
  expect(adapter.settings.rank).toBe(rank);
  if (rank > 2) expect(words).toContain(`at rank ${rank}, which is equivalent`);
  else expect(words).toBeUndefined();
  const scale = 'use_rslora' in config ? 5 / Math.sqrt(2) : 5 / 2;
  const values = new Map(
    [...(await parsed(files))].map(([name, each]) => [name.replace('base_model.model.', ''), each] as const),
  );
  for (const of of adapter.beside) {
    const shape = modelSpec('llama').params(llama.info.model.config, llama.info.model.vocabulary)[of]!.shape;
    const [I, O] = shape as [number, number];
    const trained = new Map(
      ['lora_A.weight', 'lora_B.weight'].map((end) => [end, tensors.get(adapterTensorName(of, end))!] as const),
    );
    const ours = adapterOf('lora').merged({ shape, data: new Float32Array(I * O) }, trained, adapter.settings);
    const want = new Float32Array(I * O);
    for (const { name, columns = [0, O] } of hubLayout(llama.info.model).filter((piece) => piece.of === of)) {
      const [A, B] = ['lora_A.weight', 'lora_B.weight'].map((end) => values.get(name.replace(/weight$/, end)));
      if (!A || !B) continue;
      for (let i = 0; i < I; i++)
        for (let o = 0; o < columns[1] - columns[0]; o++)
          for (let r = 0; r < 2; r++) want[i * O + columns[0] + o]! += scale * A.data[r * I + i]! * B.data[o * 2 + r]!;
    }
    expectClose(ours.data, want, 1e-5, of);
  }
});

async function parsed(files: Files): Promise<ReadonlyMap<string, HostTensor>> {
  const { openSafetensors } = await import('../../../checkpoint/safetensors');
  const file = await openSafetensors(bytesSource(files.get(ADAPTER_WEIGHTS)!), ADAPTER_WEIGHTS);
  return new Map(
    await Promise.all([...file.entries.keys()].map(async (name) => [name, await file.load(name)] as const)),
  );
}

test("a model's folder has the adapter in adapter/, also in an export without optimizer state", async () => {
  const model = await adapted(gpt);
  const folder = async (of: Exported, withOptimizer: boolean) =>
    new Map(
      await Promise.all(
        huggingFaceFiles(of, { withOptimizer }).map(async (file) => [file.name, await readBytes(file)] as const),
      ),
    );
  const given = (files: Files) => [...files].map(([name, bytes]) => ({ name, source: bytesSource(bytes) }));
  const first = await folder(model, false);
  expect([...first.keys()]).toEqual(expect.arrayContaining(['adapter/adapter_config.json']));
  expect(new TextDecoder().decode(first.get('README.md'))).toContain('has the adapter alone, in `adapter/`');
  const back = await importHuggingFace(given(first), unwatched);
  const again = await folder(await exportedFrom(back, 'model', 0), false);
  for (const name of [`adapter/${ADAPTER_CONFIG}`, `adapter/${ADAPTER_WEIGHTS}`])
    expect(again.get(name), name).toEqual(first.get(name));
  const other = await written(await adapted(gpt, (name) => name.includes('c_fc')));
  const swapped = new Map([...first, ...[...other].map(([name, bytes]) => [`adapter/${name}`, bytes] as const)]);
  await expect(importHuggingFace(given(swapped), unwatched)).rejects.toThrow(/^adapter\/ does not fit homegrown.json/);
});

test("a base with an external adapter is no longer its run's model, and can be exported in any format", async () => {
  const base = { ...asBase(llama), info: llama.info };
  const both = await withAdapter(base, sources(await theirs(llama, /[qv]_proj/)), 'theirs', unwatched);
  const exported = await exportedFrom(both, 'starbuck', 0);
  expect(exported.info).toMatchObject({ origin: { name: 'starbuck with theirs' }, result: null });
  const written = await FORMATS.peft.files(exported, options);
  const config = JSON.parse(new TextDecoder().decode(await readBytes(written[0]!))) as object;
  expect(config).toMatchObject({ r: 4, lora_alpha: 10, target_modules: ['q_proj', 'k_proj', 'v_proj'] });
});

describe('reports errors', () => {
  test('a model without an adapter has none to export', () => {
    for (const format of ['peft', 'gguf-lora'] as const)
      expect(FORMATS[format].problem!(settingsOf(gpt.info))).toContain('has no adapter');
  });

  test.each([
    [{ use_dora: true }, /use_dora: not supported, so it must be off/],
    [{ bias: 'all' }, /trained biases are not supported/],
    [{ modules_to_save: ['lm_head'] }, /modules_to_save/],
    [{ rank_pattern: { c_fc: 4 } }, /rank_pattern/],
    [{ something_new: 1 }, /something_new/],
    [{ peft_type: 'IA3' }, /only LORA is supported/],
    [{ init_lora_weights: 'pissa' }, /changes the weights of its base model/],
    [{ r: 4 }, /lora_A.weight is \[3, 64\], not \[4, 64\]/],
    [{ lora_alpha: -1 }, /Alpha must be/],
    [{ target_modules: ['c_attn', 'q_proj'] }, /names "q_proj" in target_modules/],
  ])('%j', async (change, words) => {
    const files = withConfig(await written(await adapted(gpt)), change);
    await expect(read(files, gpt)).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringMatching(words) as string,
    });
  });

  test('refuses an adapter of another base by names, by shapes, and by its hash', async () => {
    const files = await written(await adapted(gpt));
    await expect(read(files, llama)).rejects.toThrow(/c_attn.lora_A.weight is not part of the model/);
    const wide = (await trainedModels())[1]!;
    await expect(read(files, wide)).rejects.toThrow(/is \[3, 64\], not \[3, 96\]/);
    const [name] = Object.keys(modelSpec('gpt').params(gpt.info.model.config, 257)) as [string];
    const { shape, data } = gpt.snapshot.tensors.get(name)!;
    const changed = new Map([...gpt.snapshot.tensors, [name, { shape, data: data.map((x) => x + 1) }]]);
    const base = { ...asBase(gpt), snapshot: { ...gpt.snapshot, tensors: changed } };
    await expect(withAdapter(base, sources(files), 'a', unwatched)).rejects.toThrow(
      /trained on a base with hash [0-9a-f]{12}…, but this model has hash [0-9a-f]{12}…/,
    );
  });

  test('refuses half a folder, a pickle file, and a non-finite number', async () => {
    const files = await written(await adapted(gpt));
    const alone = new Map([...files].filter(([name]) => name === ADAPTER_CONFIG));
    await expect(read(alone, gpt)).rejects.toThrow('adapter_model.safetensors is missing next to');
    const tensors = new Map(await parsed(files));
    const [[name, { shape, data }]] = [...tensors] as [[string, HostTensor]];
    const saved = async (change: ReadonlyMap<string, HostTensor>): Promise<Files> =>
      new Map([...files, [ADAPTER_WEIGHTS, await readBytes(writeSafetensors(ADAPTER_WEIGHTS, change))]]);
    const bad = await saved(new Map([...tensors, [name, { shape, data: data.with(3, NaN) }]]));
    await expect(read(bad, gpt)).rejects.toThrow('is not a finite number');
    tensors.delete(name);
    await expect(read(await saved(tensors), gpt)).rejects.toThrow(`${name} is missing`);
  });

  test('any changed byte is refused with a message, or leaves the same JSON content', async () => {
    const files = await written(await adapted(gpt, (name) => name.includes('c_fc')));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...files.keys()), fc.nat(), fc.nat(255), async (name, place, byte) => {
        const bytes = files.get(name)!;
        const changed = new Map([...files, [name, bytes.with(place % Math.min(bytes.length, 4000), byte)]]);
        const outcome = await read(changed, gpt).catch((error: unknown) => error);
        if (outcome instanceof Error) expect(isBadFile(outcome), String(outcome)).toBe(true);
      }),
      { numRuns: propertyRuns(200) },
    );
  });
});
