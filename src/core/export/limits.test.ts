/** Files beyond a limit: refused with the limit's number, after no more work than needed. */
import { expect, test } from 'vitest';
import { HomegrownError } from '../base/errors';
import { unwatched } from '../base/job';
import * as limits from '../base/limits';
import { z } from '../base/zod';
import { bytesSource, type ByteSource } from '../files/byteSource';
import { openSafetensors } from '../checkpoint/safetensors';
import { BYTE_OF_ID, CHARACTER_OF_BYTE } from '../tokenizer/alphabet';
import { readGpt2Files, readTokenizerJson } from '../tokenizer/readJson';
import { runInfoSchema } from './homegrownJson';
import { importHuggingFace } from './formats/huggingFace/import';
import { openWeights } from './openWeights';
import { readTrainerState } from './formats/huggingFace/trainerState';
import { openZip } from '../files/openZip';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
/** Message of the thrown error. */
async function refusal(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (error) {
    expect(error).toBeInstanceOf(HomegrownError);
    expect(error).toMatchObject({ code: 'bad-file' });
    const { message } = error as HomegrownError;
    expect(message.length).toBeLessThan(3000);
    return message;
  }
  throw new Error('It was taken');
}
/** A list that counts reads of its items. */
function counted(length: number, item: unknown): { list: unknown[]; reads: () => number } {
  let reads = 0;
  const list = new Proxy(new Array<unknown>(length), {
    get(target, key, receiver): unknown {
      if (typeof key === 'string' && /^\d+$/.test(key)) {
        reads++;
        return item;
      }
      return Reflect.get(target, key, receiver);
    },
  });
  return { list, reads: () => reads };
}

test('reads no item of a list that is too long, and none after the first invalid one', () => {
  const numbers = limits.listOf(z.number(), 1000);
  const [fits, long, wrong] = [counted(1000, 1), counted(1001, 1), counted(1000, 'x')];
  expect(numbers.parse(fits.list)).toEqual(new Array(1000).fill(1));
  expect(numbers.safeParse(long.list).error?.issues).toMatchObject([
    { message: 'it has 1001 items; the maximum is 1000' },
  ]);
  expect(long.reads()).toBe(0);
  expect(numbers.safeParse(wrong.list).error?.issues).toMatchObject([{ path: [0] }]);
  expect(wrong.reads()).toBe(1);
  expect(numbers.safeParse({}).error?.issues).toHaveLength(1);
});

test('segments of a run', () => {
  const [long, wrong] = [counted(limits.MAX_SEGMENTS + 1, 0), counted(limits.MAX_SEGMENTS, 0)];
  expect(runInfoSchema.shape.segments.safeParse(long.list).error?.issues).toMatchObject([
    { message: expect.stringMatching(/^it has 1001 items/) as string },
  ]);
  expect(long.reads()).toBe(0);
  expect(runInfoSchema.shape.segments.safeParse(wrong.list).error?.issues).toHaveLength(1);
  expect(wrong.reads()).toBe(1);
});

test('the directory of a zip', async () => {
  // Entries whose comments and extra fields fill a directory of 2 MiB; only its end record is read.
  const size = 2 * 2 ** 20;
  const end = new Uint8Array(22);
  const view = new DataView(end.buffer);
  view.setUint32(0, 0x06054b50, true);
  for (const at of [8, 10]) view.setUint16(at, 40, true);
  view.setUint32(12, size, true);
  let read = 0;
  const source: ByteSource = {
    size: size + 22,
    read(offset, length) {
      read += length;
      const bytes = new Uint8Array(length);
      bytes.set(end, size - offset);
      return Promise.resolve(bytes);
    },
  };
  expect(await refusal(() => openZip(source, 'm.zip'))).toContain(
    `${size} bytes; the maximum is ${limits.MAX_DIRECTORY_BYTES}`,
  );
  expect(read).toBe(22);
});

test('metadata of a safetensors header, by entries and by characters', async () => {
  const file = (metadata: string): ByteSource => {
    const header = bytes(`{"__metadata__":{${metadata}}}`);
    const whole = new Uint8Array(8 + header.length);
    new DataView(whole.buffer).setBigUint64(0, BigInt(header.length), true);
    whole.set(header, 8);
    return bytesSource(whole);
  };
  const entries = (count: number): string => Array.from({ length: count }, (_, i) => `"${i}":""`).join(',');
  const { metadata } = await openSafetensors(file(entries(limits.MAX_METADATA_ENTRIES)), 'm');
  expect(metadata.size).toBe(limits.MAX_METADATA_ENTRIES);
  expect(await refusal(() => openSafetensors(file(entries(limits.MAX_METADATA_ENTRIES + 1)), 'm'))).toContain(
    `more than ${limits.MAX_METADATA_ENTRIES} entries`,
  );
  const long = `"a":"${'x'.repeat(limits.MAX_METADATA_CHARACTERS)}"`;
  expect(await refusal(() => openSafetensors(file(long), 'm'))).toContain(
    `more than ${limits.MAX_METADATA_CHARACTERS} characters`,
  );
});

test('the index of shards', async () => {
  const weight_map = Object.fromEntries(Array.from({ length: limits.MAX_TENSORS + 1 }, (_, i) => [i, 'a.safetensors']));
  expect(await refusal(() => openWeights(new Map(), (name) => name, { weight_map }))).toContain(
    `names ${limits.MAX_TENSORS + 1} tensors; the maximum is ${limits.MAX_TENSORS}`,
  );
});

test('a log: limits its entries, and reports no error for each unknown one', async () => {
  const log = (count: number): string => `{"log_history":[${new Array(count).fill(0).join(',')}]}`;
  expect(readTrainerState(log(limits.MAX_LOG_ENTRIES))).toEqual([]);
  expect(await refusal(() => readTrainerState(log(limits.MAX_LOG_ENTRIES + 1)))).toContain(
    `${limits.MAX_LOG_ENTRIES + 1} items; the maximum is ${limits.MAX_LOG_ENTRIES}`,
  );
});

test('a tokenizer: tokens, merges and lines', async () => {
  const vocab = `{${Array.from({ length: limits.MAX_TOKENIZER_ENTRIES + 1 }, (_, i) => `"${i}":0`).join(',')}}`;
  expect(await refusal(() => readGpt2Files(bytes(vocab), bytes('')))).toContain(
    `${limits.MAX_TOKENIZER_ENTRIES + 1} tokens; the maximum is ${limits.MAX_TOKENIZER_ENTRIES}`,
  );
  expect(
    await refusal(() => readGpt2Files(bytes('{}'), bytes('\n'.repeat(8 * limits.MAX_TOKENIZER_ENTRIES)))),
  ).toContain(`more than ${limits.MAX_TOKENIZER_ENTRIES} lines`);
  const json = (merges: number): Uint8Array =>
    bytes(
      `{"pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false},"model":{"vocab":{},"merges":[${new Array(merges).fill(0).join(',')}]}}`,
    );
  expect(await refusal(() => readTokenizerJson(json(limits.MAX_TOKENIZER_ENTRIES + 1)))).toContain(
    `${limits.MAX_TOKENIZER_ENTRIES + 1} items; the maximum is ${limits.MAX_TOKENIZER_ENTRIES}`,
  );
});

test('finds a duplicate id among 300,000 in one pass', async () => {
  const characters = Array.from(BYTE_OF_ID, (byte) => CHARACTER_OF_BYTE[byte]!);
  const names = [...characters];
  const merges: string[] = [];
  for (const left of [...characters, ...characters.flatMap((a) => characters.map((b) => a + b))]) {
    for (const right of characters) {
      if (names.length === 300_000) break;
      merges.push(`${left} ${right}`);
      names.push(left + right);
    }
  }
  // The last token repeats the previous id: comparing all pairs takes 45,000,000,000 comparisons.
  const vocab = Object.fromEntries([...names, '</s>'].map((name, id) => [name, Math.min(id, names.length - 1)]));
  expect(await refusal(() => readGpt2Files(bytes(JSON.stringify(vocab)), bytes(merges.join('\n'))))).toContain(
    `two of its tokens have the id ${names.length - 1}`,
  );
});

test('files that are read at once: reads nothing of a file that is too large', async () => {
  const sizes = {
    'config.json': limits.MAX_JSON_BYTES,
    'homegrown.json': limits.MAX_JSON_BYTES,
    'tokenizer.json': limits.MAX_TOKENIZER_BYTES,
    'merges.txt': limits.MAX_TOKENIZER_BYTES,
    'vocab.json': limits.MAX_TOKENIZER_BYTES,
  };
  const config = bytes(
    JSON.stringify({
      model_type: 'gpt2',
      vocab_size: 257,
      n_positions: 4,
      n_embd: 8,
      n_layer: 1,
      n_head: 1,
      activation_function: 'gelu_new',
      layer_norm_epsilon: 1e-5,
    }),
  );
  for (const [name, max] of Object.entries(sizes)) {
    const source: ByteSource = { size: max + 1, read: () => Promise.reject(new Error(`${name} was read`)) };
    const files = [
      { name: 'config.json', source: bytesSource(config) },
      { name: 'model.safetensors', source: bytesSource(new Uint8Array(10)) },
      { name: 'vocab.json', source: bytesSource(bytes('{}')) },
      { name: 'merges.txt', source: bytesSource(bytes('')) },
    ].filter((file) => file.name !== name && !(name === 'tokenizer.json' && file.name === 'vocab.json'));
    const refused = await refusal(() => importHuggingFace([...files, { name, source }], unwatched));
    expect(refused).toContain(`${name} has ${max + 1} bytes; the maximum is ${max}`);
  }
});
