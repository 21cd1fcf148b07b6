/** Imports GGUF files: our own, external ones by their tokenizer and sizes, and refusals by name. */
import { beforeAll, expect, test } from 'vitest';
import { HomegrownError } from '../../../base/errors';
import { unwatched } from '../../../base/job';
import { bytesSource, readBytes } from '../../../files/byteSource';
import { initialValues } from '../../../models/network';
import { CHARACTER_OF_BYTE } from '../../../tokenizer/alphabet';
import { createTokenizer } from '../../../tokenizer/byteLevel';
import type { SplitName } from '../../../tokenizer/splits';
import type { TokenizerModel } from '../../../tokenizer/tokenizer';
import { exportedFrom } from '../../exported';
import type { Exported } from '../../format';
import { ggufFile } from './write';
import type { GgufTypeName } from './types';
import { importModel, openModel } from '../../importModel';
import { cardOf } from '../../../../testing/cardOf';

const config = { layers: 2, heads: 2, width: 32, context: 16, hidden: 0, biases: true };
const own: TokenizerModel = { kind: 'bpe', merges: [[71, 72], [256, 73]] }; // prettier-ignore

async function modelOf(tokenizerModel: TokenizerModel): Promise<Exported> {
  const tokenizer = await createTokenizer(tokenizerModel);
  const model = { id: 'gpt' as const, config, vocabulary: tokenizer.size };
  const snapshot = { state: { step: 0, tokensSeen: 0, activeMs: 0, best: null }, tensors: initialValues(model, 3) };
  return exportedFrom({ model, tokenizer, snapshot, resumable: false, info: null, events: [] }, 'whale', 0);
}
const bytesOf = (model: Exported, type: GgufTypeName): Promise<Uint8Array> => readBytes(ggufFile(model, type));
const given = (bytes: Uint8Array) => [{ name: 'whale.gguf', source: bytesSource(bytes) }];

let file: Uint8Array;
beforeAll(async () => {
  file = await bytesOf(await modelOf(own), 'F32');
});

test('weights with fewer bits are within their precision, and the import reports the data type', async () => {
  const model = await modelOf(own);
  for (const [type, max] of [
    ['F16', 1e-4],
    ['Q8_0', 5e-4],
  ] as const) {
    const incoming = await openModel(given(await bytesOf(model, type)));
    expect(incoming.stated).toMatchObject({ format: 'GGUF', name: 'whale', precision: [type, 'F32'] });
    const { snapshot } = await incoming.read(unwatched);
    for (const [name, { data }] of model.snapshot.tensors) {
      const back = snapshot.tensors.get(name)!.data;
      expect(Math.max(...data.map((x, i) => Math.abs(x - back[i]!))), name).toBeLessThan(max);
    }
  }
});

test.each<SplitName>(['gpt-2', 'smollm', 'llama-bpe', 'qwen2'])(
  'exports and imports an external tokenizer unchanged: %s',
  async (split) => {
    const names = { bos_token: '<|begin|>', eos_token: '<|end|>', chat_template: '{{ x }}' };
    const isLlama = split === 'llama-bpe';
    const flags = { single_word: false, lstrip: false, rstrip: false };
    const bytes = CHARACTER_OF_BYTE.filter((_, byte) => byte !== 1);
    const spellings = ['<|begin|>', '<|end|>', '<tool>', ...bytes, '', 'ab'];
    const id = (text: string): number => spellings.indexOf(text);
    const made: TokenizerModel = {
      kind: 'bpe',
      merges: [[id('a'), id('b')]],
      elsewhere: {
        split,
        spellings,
        added: [
          { id: 0, special: true, normalized: false, ...flags },
          { id: 1, special: true, normalized: false, role: 'end', ...flags },
          { id: 2, special: false, normalized: true, ...flags },
        ],
        names,
        ...(isLlama && { ignoresMerges: true as const, begin: 0 }),
      },
    };
    const back = await importModel(given(await bytesOf(await modelOf(made), 'F32')), unwatched);
    expect(back.tokenizer.model).toEqual(made);
    expect(back.model.vocabulary).toBe(spellings.length);
    const card = cardOf((await exportedFrom(back, 'whale', 0)).info);
    expect(card).toMatch(/Byte-level BPE, [\d,]+ entries\. Imported/);
    expect(card).toContain(`as \`${split}\` does.`);
  },
);
/** Replaces a text in the file by another of the same length. */
const changed = (was: string, is: string) => (): Uint8Array => {
  expect(is).toHaveLength(was.length);
  const [from, to] = [was, is].map((text) => new TextEncoder().encode(text)) as [Uint8Array, Uint8Array];
  const at = file.findIndex((_, i) => from.every((byte, j) => file[i + j] === byte));
  expect(at).toBeGreaterThan(0);
  const bytes = file.slice();
  bytes.set(to, at);
  return bytes;
};

test.each([
  ['an architecture', changed('gpt2', 'rwkv'), /the architecture "rwkv" is not supported/],
  ['a split', changed('gpt-2', 'tekke'), /splits text as "tekke" .*Supported: gpt-2, smollm, llama-bpe/],
  ['a tensor', changed('blk.1.attn_qkv.bias', 'blk.1.attn_qkv.bass'), /attn_qkv\.bias is missing; .*bass is not part/],
] as const)('names an unknown part: %s', async (_, change, reason) => {
  const error: unknown = await openModel(given(change())).catch((failure: unknown) => failure);
  expect(error).toBeInstanceOf(HomegrownError);
  const refusal = {
    message: expect.stringMatching(reason) as string,
    remedy: expect.stringMatching(/^Nothing was stored\. ./) as string,
  };
  expect(error).toMatchObject({ code: 'bad-file', ...refusal });
});

test('a flipped bit in our file, or a stop, ends an import without a result', async () => {
  const bytes = file.slice();
  bytes[bytes.length - 40]! ^= 1;
  await expect(importModel(given(bytes), unwatched)).rejects.toThrow(/its tensors have the hash/);
  const stop = new AbortController();
  const reports: string[] = [];
  const reading = importModel(given(file), {
    signal: stop.signal,
    report: ({ label }: { label: string }) => {
      reports.push(label);
      if (label.includes('h.1.ln_1')) stop.abort(new Error('stopped'));
    },
  });
  await expect(reading).rejects.toThrow('stopped');
  expect(reports.at(-1)).toMatch(/^Reading transformer\.h\.1\.ln_1/);
});
