/** ONNX of every architecture and variant: transformers.js and onnxruntime give our engine's results. */
import { pipeline, type FillMaskPipeline, type TextClassificationPipeline } from '@huggingface/transformers';
import { describe, expect, test } from 'vitest';
import { readBytes } from '../../../files/byteSource';
import { modelSpec, paramsOf } from '../../../models';
import { usualPooling } from '../../../models/classes';
import { countParams } from '../../../models/spec';
import { transformersFolder } from '../../../../testing/exportFolder';
import { exportedOf } from '../../../../testing/exports/models';
import { apart, likeliest } from '../../../../testing/exports/near';
import {
  heldOut,
  LENGTH,
  ourBlanks,
  ourLabels,
  ourScores,
  ourText,
  PROMPTS,
  TEXTS,
} from '../../../../testing/exports/ours';
import { refusalOf } from '../../../../testing/exports/refused';
import { plainRow, type Row, rows } from '../../../../testing/exports/rows';
import {
  type Cache,
  ones,
  open,
  type Opened,
  type Output,
  type Rows,
} from '../../../../testing/exports/transformersJs';
import { emptyCaches, int64, onWasm } from '../../../../testing/onnxruntime';
import { greedy, trainedModels } from '../../../../testing/trainedModel';
import { answerStart, aroundText, sourceIds } from '../../../tokenizer/prompt';
import { settingsOf } from '../../formatSettings';
import { type OutKind, kindOf } from '../../kinds';
import { onnxFile } from './write';
import { onnxF16, onnxF32 } from './format';

const root = await transformersFolder();
/** Bounds as shares of the largest score. f16 keeps 11 bits; T5's unscaled attention amplifies rounding. */
const PRECISIONS = [
  { precision: 'f32', format: onnxF32, bound: 2e-5 },
  { precision: 'f16', format: onnxF16, bound: 4e-3 },
] as const;
type Case = (typeof PRECISIONS)[number] & { row: Row };
const session = async ({ row, precision }: Case, file?: string) =>
  onWasm(await readBytes(await onnxFile(await exportedOf(row), precision, file)));
const folderOf = ({ row, precision }: Case): string => `${row.name.replaceAll(/\W+/g, '-')}-${precision}`;

/** Opens the folder with the model's transformers.js class. */
async function inTransformers(each: Case, work: (opened: Opened) => Promise<void>): Promise<void> {
  await root.write(each.format, await exportedOf(each.row), folderOf(each));
  const opened = await open(folderOf(each), modelSpec(each.row.id).kind);
  await work(opened);
  await opened.dispose();
}
const withoutEnd = (ids: readonly number[], end: number): readonly number[] =>
  ids.at(-1) === end ? ids.slice(0, -1) : ids;
const scoresAt = ({ logits: { data, dims } }: Output, row: number): Float32Array => {
  const size = dims[1]! * dims[2]!;
  return data.subarray(row * size, (row + 1) * size);
};

const CLAIMS: Readonly<Record<OutKind, (each: Case) => Promise<void>>> = {
  async decoder(each) {
    const { row, bound } = each;
    const { tokenizer } = await exportedOf(row);
    await inTransformers(each, async (opened) => {
      for (const words of PROMPTS) {
        expect(opened.ids(words)).toEqual([...tokenizer.encode(words)]);
        const found = await opened.generate(opened.ids(words), { max_new_tokens: LENGTH });
        expect(withoutEnd(found, tokenizer.endOfText)).toEqual(await ourText(row, words));
      }
      await inPieces(opened, row, bound);
      await paddedOnTheLeft(opened, row, bound);
    });
    await onOnnxruntime(each);
  },

  async encoder(each) {
    const { row, bound } = each;
    const { tokenizer } = await exportedOf(row);
    const ids = [...(await heldOut(row, 11, 20)), tokenizer.idOf('mask')];
    const several = [ids, ids.slice(3, 10), ids.slice(-1)];
    const width = ids.length;
    const padded = (own: readonly number[], value: number): number[] => [...own, ...new Array<number>(width - own.length).fill(value)]; // prettier-ignore
    await inTransformers(each, async (opened) => {
      const inputs = several.map((own) => padded(own, tokenizer.idOf('padding')));
      const output = await opened.forward(
        inputs,
        several.map((own) => padded(ones(own.length), 0)),
      );
      expect(output.logits.dims).toEqual([several.length, width, tokenizer.size]);
      for (const [i, own] of several.entries())
        expect(apart(scoresAt(output, i).subarray(0, own.length * tokenizer.size), await ourScores(row, own))).toBeLessThan(bound); // prettier-ignore
    });
    await onOnnxruntime(each);
    if (each.precision === 'f16') return;
    const theirs: FillMaskPipeline = await pipeline('fill-mask', folderOf(each));
    const found = (await theirs('The<mask>ea.', { top_k: 3 })) as { token: number; score: number }[];
    const { blanks } = await ourBlanks(row, 400, 'The[MASK]ea.');
    const ordinary = found.filter(({ token }) => !tokenizer.specialOf(token));
    expect(ordinary.length).toBeGreaterThan(0);
    for (const { token, score } of ordinary)
      expect(score).toBeCloseTo(blanks[0]!.find(({ id }) => id === token)!.probability, 4);
    await theirs.dispose();
  },

  async 'encoder-decoder'(each) {
    const { row, bound } = each;
    const { tokenizer, info } = await exportedOf(row);
    if (each.precision === 'f32')
      await inTransformers(each, async (opened) => {
        for (const words of PROMPTS) {
          const found = await opened.generate(sourceIds(tokenizer, words), { max_new_tokens: LENGTH });
          expect(withoutEnd(found, tokenizer.endOfText)).toEqual(await ourText(row, words));
        }
      });
    // A padded text, at once and with a cache.
    const [encoder, decoder] = [await session(each, 'encoder_model'), await session(each, 'decoder_model_merged')];
    const text = await heldOut(row, 11, 12);
    const [source, ids] = [text.slice(0, 5), [answerStart(tokenizer), ...text.slice(5, 9)]];
    const mask = int64([[1, 1, 1, 1, 1, 0, 0]]);
    const { last_hidden_state: hidden } = await encoder.run({
      input_ids: int64([[...source, 3, 77]]),
      attention_mask: mask,
    });
    const read = { encoder_hidden_states: hidden!, encoder_attention_mask: mask };
    const first = await decoder.run({ ...emptyCaches(decoder), ...read, input_ids: int64([ids.slice(0, 3)]) });
    const present = Object.entries(first).filter(([key]) => key.startsWith('present.'));
    const past = Object.fromEntries(
      present.map(([key, value]) => [key.replace('present', 'past_key_values'), value] as const),
    );
    const then = await decoder.run({ ...past, ...read, input_ids: int64([ids.slice(3)]) });
    const got = [first, then].flatMap(({ logits }) => [...(logits!.data as Float32Array)]);
    expect(apart(got, await ourScores(row, ids, source))).toBeLessThan(5 * bound);
    const { config } = info.model;
    const columns = modelSpec(row.id).headWidth(config);
    expect(then[`present.${config.layers - 1}.encoder.key`]!.dims).toEqual([1, config.heads, 7, columns]);
    await Promise.all([encoder.release(), decoder.release()]);
  },

  async classifier(each) {
    await labels(each, 'after');
    // An encoder's positions are those of the row.
    if (modelSpec(each.row.id).kind === 'decoder' && each.row.config.classes!.pooling === 'last')
      await labels(each, 'before');
  },
};

/** A whole context at once, and in pieces with a cache. */
async function inPieces(opened: Opened, row: Row, bound: number): Promise<void> {
  const { config } = row;
  const ids = await heldOut(row);
  const ours = await ourScores(row, ids);
  const { logits } = await opened.forward([ids]);
  expect(logits.dims).toEqual([1, config.context, ours.length / config.context]);
  expect(apart(logits.data, ours)).toBeLessThan(bound);
  let cache: Cache | undefined;
  let at = 0;
  const pieces: number[] = [];
  for (const length of [20, 1, 1, 1, 5, ...ones(config.context - 28)]) {
    const output: Output = await opened.forward([ids.slice(at, at + length)], [ones(at + length)], cache);
    pieces.push(...output.logits.data);
    ({ cache } = output);
    at += length;
  }
  expect(apart(pieces, ours)).toBeLessThan(bound);
}

/** A left-padded row gives the results of the row alone: all but one token, then that one. */
async function paddedOnTheLeft(opened: Opened, row: Row, bound: number): Promise<void> {
  const { tokenizer } = await exportedOf(row);
  const [long, short] = [await heldOut(row, 11, 30), await heldOut(row, 200, 13)];
  const padded = [...new Array<number>(17).fill(tokenizer.endOfText), ...short];
  const mask = [ones(30), [...new Array<number>(17).fill(0), ...ones(13)]];
  const before = (all: Rows): number[][] => all.map((each) => each.slice(0, 29));
  const both = await opened.forward(before([long, padded]), before(mask));
  const last = await opened.forward([long.slice(29), padded.slice(29)], mask, both.cache);
  expect(apart([...scoresAt(both, 0), ...scoresAt(last, 0)], await ourScores(row, long))).toBeLessThan(bound);
  const tokens = scoresAt(both, 1).slice(17 * tokenizer.size);
  expect(apart([...tokens, ...scoresAt(last, 1)], await ourScores(row, short))).toBeLessThan(bound);
}

/** Runs on WASM, like browsers. */
async function onOnnxruntime(each: Case): Promise<void> {
  const ids = await heldOut(each.row);
  const opened = await session(each);
  const inputs = { input_ids: int64([ids]), attention_mask: int64([ones(ids.length)]) };
  const { logits } = await opened.run({ ...emptyCaches(opened), ...inputs });
  expect(apart(logits!.data as Float32Array, await ourScores(each.row, ids))).toBeLessThan(each.bound);
  await opened.release();
}

/** Compares label scores of rows with padding on one side. */
async function labels(each: Case, side: 'before' | 'after'): Promise<void> {
  const { row, bound } = each;
  const { tokenizer, info } = await exportedOf(row);
  const texts = TEXTS.slice(0, 7);
  const isEncoder = modelSpec(row.id).kind === 'encoder';
  const [before] = aroundText(tokenizer, isEncoder);
  const all = texts.map((text) => [...before, ...tokenizer.encode(text)].slice(0, info.model.config.context));
  const width = Math.max(...all.map(({ length }) => length));
  const padded = (own: readonly number[], value: number): number[] => {
    const rest = new Array<number>(width - own.length).fill(value);
    return side === 'after' ? [...own, ...rest] : [...rest, ...own];
  };
  const opened = await session(each);
  expect(opened.inputNames).toEqual(['input_ids', 'attention_mask']);
  const { logits } = await opened.run({
    input_ids: int64(all.map((own) => padded(own, tokenizer.idOf('padding')))),
    attention_mask: int64(all.map((own) => padded(ones(own.length), 0))),
  });
  expect(logits!.dims).toEqual([7, 3]);
  const found = await ourLabels(row, texts, true);
  const scores = found.flatMap((one) => [...one.scores]);
  expect(apart(logits!.data as Float32Array, scores)).toBeLessThan(bound);
  await opened.release();
}

const written = rows().filter((row) => refusalOf(row, 'onnx-f32') === null);
describe.each(written)('$name', (row) => {
  test.each(PRECISIONS)('$precision', async (precision) => {
    await CLAIMS[kindOf(row)]({ ...precision, row });
  });
});

describe.each(PRECISIONS)('transformers.js, $precision', (precision) => {
  const inNames = async (row: Row): Promise<string> => {
    await root.write(precision.format, await exportedOf(row), folderOf({ ...precision, row }));
    return folderOf({ ...precision, row });
  };
  test('a pipeline continues prompts of different lengths in a batch like we do each alone', async () => {
    // A trained model writes UTF-8, which all decoders agree on.
    const exported = (await trainedModels())[2]!;
    const folder = `trained-${precision.precision}`;
    await root.write(precision.format, exported, folder);
    const prompts = ['Call me Ishmael. Some', 'The', 'Whale\n'];
    const write = await pipeline('text-generation', folder);
    const asked = { max_new_tokens: 20, do_sample: false };
    const found = (await write(prompts, asked)) as { generated_text: string }[][];
    for (const [i, prompt] of prompts.entries()) {
      const ids = await greedy(exported, exported.tokenizer.encode(prompt), 20);
      expect(found[i]![0]!.generated_text).toBe(prompt + exported.tokenizer.decode(ids));
    }
    await write.dispose();
  });

  test('ends at the end of the context without a given length', async () => {
    const row = plainRow('gpt');
    const opened = await open(await inNames(row), 'decoder');
    const found = await opened.generate([5, 6, 7], { eos_token_id: null });
    expect(found).toHaveLength(row.config.context - 3);
    await opened.dispose();
  });

  /** Encoder classifiers that transformers.js has classes for. */
  const encoders = written.filter(({ id, config: { classes } }) => {
    if (!classes || classes.inWindows || modelSpec(id).kind !== 'encoder') return false;
    const isUsual = classes.pooling === usualPooling({ id }) && !classes.several;
    return isUsual || (precision.precision === 'f32' && classes.pooling !== 'last');
  });
  test.each(encoders)('gives 200 texts our labels with our probabilities, alone and in a batch: $name', async (row) => {
    const max = precision.precision === 'f32' ? 1e-4 : 2e-2;
    const found = await ourLabels(row);
    const { labels: names } = row.config.classes!;
    // Texts must differ in their probabilities, or equal values would prove nothing.
    for (const label of names.keys()) {
      const shares = found.map(({ probabilities }) => probabilities[label]!);
      expect(Math.max(...shares) - Math.min(...shares), names[label]).toBeGreaterThan(0.05);
    }
    const theirs: TextClassificationPipeline = await pipeline('text-classification', await inNames(row));
    type LabelScores = { label: string; score: number }[];
    const batch = (await theirs([...TEXTS], { top_k: 3 })) as unknown as LabelScores[];
    for (const [i, text] of TEXTS.entries()) {
      for (const scores of [batch[i]!, ...(i % 10 === 0 ? [(await theirs(text, { top_k: 3 })) as LabelScores] : [])]) {
        const own = [...found[i]!.probabilities];
        const shares = names.map((label) => scores.find((one) => one.label === label)!.score);
        for (const [label, share] of shares.entries()) expect(Math.abs(share - own[label]!), text).toBeLessThan(max);
        const [lead, next] = own.toSorted((a, b) => b - a) as [number, number];
        if (lead - next > 2 * max) expect(likeliest(shares)).toBe(likeliest(own));
      }
    }
    await theirs.dispose();
  });
});

describe('the file', () => {
  test.each(written.filter(({ name }) => name.endsWith(', plain')))(
    'comes in small pieces and contains each weight once: $name',
    async (row) => {
      const exported = await exportedOf(row);
      const { model } = exported.info;
      if (modelSpec(model.id).kind === 'encoder-decoder') return; // Two embeddings: everyModel.test.ts.
      for (const [precision, bytes] of [
        ['f32', 4],
        ['f16', 2],
      ] as const) {
        // prettier-ignore
        const file = await onnxFile(exported, precision);
        for await (const chunk of file.chunks()) expect(chunk.length).toBeLessThanOrEqual(1 << 20);
        const weights = bytes * countParams(paramsOf(model));
        expect(file.size).toBeLessThan(weights + 60_000);
        expect(file.size).toBeGreaterThan(weights);
      }
    },
  );

  test('refuses a model that is too large with a message that names an alternative', async () => {
    const large = { layers: 48, heads: 16, width: 1024, context: 1024 };
    const own = settingsOf((await exportedOf(plainRow('gpt'))).info);
    const info = { ...own, model: { id: 'gpt' as const, config: large, vocabulary: 4096 } };
    expect(onnxF32.problem!(info)).toBe('In f32 the weights take 2.44 GB; an ONNX file holds at most 2.15 GB');
    expect(onnxF16.problem!(info)).toBeNull();
    expect(onnxF32.problem!(own)).toBeNull();
  });
});
