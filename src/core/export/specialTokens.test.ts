/** Special tokens in every export of a model, and imported by role. */
import { beforeAll, describe, expect, test } from 'vitest';
import { template } from '../../../scripts/templates';
import { memoryStore } from '../base/blobStore';
import { HomegrownError } from '../base/errors';
import { sha256Hex } from '../base/hash';
import { unwatched } from '../base/job';
import { bytesSource, readBytes } from '../files/byteSource';
import { initialValues } from '../models/network';
import { readKnownRun } from '../runs/record';
import { readTokenizer } from '../runs/tokenizer';
import { createTokenizer } from '../tokenizer/byteLevel';
import { ROLES, type TokenRole } from '../tokenizer/special';
import type { Tokenizer, TokenizerModel } from '../tokenizer/tokenizer';
import { exportedFrom } from './exported';
import type { Exported, Format } from './format';
import { type FormatId, FORMATS } from './formats';
import { importHuggingFace } from './formats/huggingFace/import';
import { exportRun, importRun } from './run';

type Files = ReadonlyMap<string, Uint8Array>;
const endAlone: TokenizerModel = { kind: 'bpe', merges: [[71, 72], [256, 73]] }; // prettier-ignore
const roles: readonly TokenRole[] = ROLES.flatMap((role) => (role === 'sentinel' ? [role, role, role] : [role]));

function modelWith(tokenizer: Tokenizer): Promise<Exported> {
  const config = { layers: 1, heads: 2, width: 8, context: 8, hidden: 0, biases: true };
  const model = { id: 'gpt' as const, config, vocabulary: tokenizer.size };
  const snapshot = { state: { step: 0, tokensSeen: 0, activeMs: 0, best: null }, tensors: initialValues(model, 5) };
  return exportedFrom({ model, tokenizer, snapshot, resumable: false, info: null, events: [] }, 'whale.zip', 0);
}

async function write(id: FormatId, exported: Exported): Promise<Files> {
  const format: Format = FORMATS[id];
  const files = await format.files(exported, { withOptimizer: false, template });
  return new Map(await Promise.all(files.map(async (file) => [file.name, await readBytes(file)] as const)));
}
const text = (files: Files, name: string): string => new TextDecoder().decode(files.get(name));
const json = (files: Files, name: string): unknown => JSON.parse(text(files, name));
const given = (files: Files) => [...files].map(([name, bytes]) => ({ name, source: bytesSource(bytes) }));
const changed = (files: Files, name: string, change: object): Files =>
  new Map([
    ...files,
    [name, new TextEncoder().encode(JSON.stringify({ ...(json(files, name) as object), ...change }))],
  ]);

let tokenizer: Tokenizer;
let exported: Exported;
let folder: Files;
beforeAll(async () => {
  tokenizer = await createTokenizer({ ...endAlone, roles });
  exported = await modelWith(tokenizer);
  folder = await write('hf', exported);
});

test('with only the end of text, the bytes are the same as before roles existed', async () => {
  const before = await modelWith(await createTokenizer(endAlone));
  expect(before.tokenizer.hash).toBe(PINNED_HASH);
  const files = await write('hf', before);
  const hashes = new Map<string, string>();
  for (const [name, bytes] of files) hashes.set(name, await sha256Hex(bytes));
  expect(Object.fromEntries(hashes)).toMatchObject(PINNED);
  const [gguf] = (await write('gguf-f32', before)).values();
  expect(await sha256Hex(gguf!)).toBe(PINNED_GGUF);
});

test('the Hugging Face folder names each token by its role', () => {
  const id = (role: TokenRole): number => tokenizer.idOf(role);
  expect(json(folder, 'tokenizer_config.json')).toMatchObject({
    bos_token: '<|endoftext|>',
    eos_token: '<|endoftext|>',
    unk_token: '<|endoftext|>',
    pad_token: '<pad>',
    mask_token: '<mask>',
    sep_token: '<sep>',
    additional_special_tokens: [
      '<extra_id_0>',
      '<extra_id_1>',
      '<extra_id_2>',
      '<|system|>',
      '<|user|>',
      '<|assistant|>',
    ],
  });
  expect(json(folder, 'config.json')).toMatchObject({ eos_token_id: id('end'), vocab_size: tokenizer.size });
  expect(json(folder, 'generation_config.json')).toMatchObject({ eos_token_id: 258, pad_token_id: id('padding') });
  const { added_tokens } = json(folder, 'tokenizer.json') as { added_tokens: object[] };
  expect(added_tokens).toMatchObject(
    tokenizer.special.map((token) => ({ id: token.id, content: token.text, special: true })),
  );
  expect(json(folder, 'homegrown.json')).toMatchObject({ tokenizer: 'bpe', roles });
  expect(text(folder, 'README.md')).toContain(
    'The last entries are special tokens: `<|endoftext|>` (end of text), `<pad>` (padding), `<mask>` (mask), ' +
      '`<sep>` (separator), `<extra_id_0>` to `<extra_id_2>` (sentinel), `<|system|>` (system turn),',
  );
});

test('the ONNX folder, the PyTorch export, the service and the offline page also have them', async () => {
  const described = ['tokenizer.json', 'tokenizer_config.json', 'generation_config.json', 'README.md'];
  const [onnx, handover] = [await write('onnx-f32', exported), await write('pytorch', exported)];
  for (const name of described) {
    expect(onnx.get(name), name).toEqual(folder.get(name));
    expect(handover.get(`model/${name}`), name).toEqual(folder.get(name));
  }
  const [gguf] = (await write('gguf-f16', exported)).values();
  expect((await write('service', exported)).get('model.gguf')).toEqual(gguf);
  const [page] = (await write('html', exported)).values();
  const [, model] = /<script [^>]*id="model">([^<]*)<\/script>/.exec(new TextDecoder().decode(page))!;
  const stored = JSON.parse(model!) as { tokenizer: TokenizerModel; tokenizerHash: string };
  expect(stored).toMatchObject({ tokenizer: { ...endAlone, roles }, tokenizerHash: tokenizer.hash });
  expect((await createTokenizer(stored.tokenizer)).special).toEqual(tokenizer.special);
});

describe('is imported by role', () => {
  test('as a model, byte for byte, and as a stored run', async () => {
    const imported = await importHuggingFace(given(folder), unwatched);
    expect(imported.tokenizer.model).toEqual({ ...endAlone, roles });
    expect(imported.tokenizer.hash).toBe(tokenizer.hash);
    expect(await write('hf', await exportedFrom(imported, 'other', 1))).toEqual(folder);
    const store = memoryStore();
    await importRun(store, { runId: 'r', projectId: 'first' }, given(folder), 0, unwatched);
    expect(await readTokenizer(store, await readKnownRun(store, 'r'))).toEqual({ ...endAlone, roles });
    const { files } = await exportRun(store, 'r', 'latest', 'hf', { withOptimizer: false, template });
    const config = files.find(({ name }) => name === 'tokenizer_config.json')!;
    expect(await readBytes(config)).toEqual(folder.get('tokenizer_config.json'));
  });

  test('from an external folder with its own names and ids, and exported again', async () => {
    const theirs = json(folder, 'tokenizer.json') as {
      added_tokens: { id: number; content: string }[];
      model: { vocab: Record<string, number> };
    };
    // The external folder has padding and mask before the bytes, under other names.
    const swap = new Map([[0, 259], [259, 0], [1, 260], [260, 1]]); // prettier-ignore
    const moved = (id: number): number => swap.get(id) ?? id;
    const names = new Map([['<pad>', '[PAD]'], ['<mask>', '<hidden>']]); // prettier-ignore
    for (const token of theirs.added_tokens) {
      token.id = moved(token.id);
      token.content = names.get(token.content) ?? token.content;
    }
    const { vocab } = theirs.model;
    theirs.model.vocab = Object.fromEntries(Object.entries(vocab).map(([n, id]) => [names.get(n) ?? n, moved(id)]));
    const encoded = (value: object): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
    const files = new Map([
      ['config.json', folder.get('config.json')!],
      ['tokenizer.json', encoded(theirs)],
      ['tokenizer_config.json', encoded({ mask_token: { content: '<hidden>', lstrip: true } })],
      ['model.safetensors', folder.get('model.safetensors')!],
    ]);
    const back = await importHuggingFace(given(files), unwatched);
    expect([back.tokenizer.idOf('padding'), back.tokenizer.idOf('mask')]).toEqual([0, 1]);
    expect(back.snapshot.tensors).toEqual(exported.snapshot.tensors);
    const again = await write('hf', await exportedFrom(back, 'other', 1));
    expect((json(again, 'tokenizer.json') as typeof theirs).model).toEqual(theirs.model);
    expect(json(again, 'tokenizer_config.json')).toMatchObject({ mask_token: '<hidden>', eos_token: '<|endoftext|>' });
    expect((await importHuggingFace(given(again), unwatched)).tokenizer.model).toEqual(back.tokenizer.model);
  });

  test('and is refused if homegrown.json contradicts it', async () => {
    for (const said of [['end', 'mask'], undefined, ['mask', 'end'], ['end', 'end'], ['end', 'nose']]) {
      const files = changed(folder, 'homegrown.json', { roles: said });
      const error: unknown = await importHuggingFace(given(files), unwatched).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(HomegrownError);
      expect(error).toMatchObject({ code: 'bad-file', message: expect.stringContaining('roles') as string });
    }
  });
});

/** SHA-256 of files written at e01920d. */
const PINNED = {
  'config.json': 'bc03fadcc86e991f30f4d9711663f8925e87b5cbeb172661f903cde68e7d430a',
  'generation_config.json': '3ea0f50d244c5f06022b420d0694fa326737cc35e7ac6edafea30617a1248e35',
  'tokenizer.json': '178eda2d4ce3747112487f472c55400b07ad90b867c69e35987921bce713c790',
  'tokenizer_config.json': '6fa67facf8c6968d4f371b3d7bdf9ce5cb01ec80d5a3ba2658775a7d302533ca',
};
const PINNED_GGUF = '92875470568adb4dd877acec7547f2f52e26078974daefcade636f713bdbbcc8';
const PINNED_HASH = '6290a1ffc3d7af4fee2766b16c7dd8dbb51aa60c62f7d6cacf3889499779c62f';
