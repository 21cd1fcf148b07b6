/** Each variant of each architecture in each format: refused, or exported, read by a second engine, and imported. */
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { verifyExport } from '../../jobs/verifyExport';
import { secondEngine } from '../../workers/secondEngine';
import { unwatched } from '../base/job';
import { type ByteStream, bytesSource, readBytes } from '../files/byteSource';
import { zipped } from '../files/zip';
import { modelSpec, paramsOf } from '../models';
import type { ModelChoice } from '../models/network';
import { countParams } from '../models/spec';
import { baseOf, exportedOf } from '../../testing/exports/models';
import { withNetwork } from '../../testing/exports/ours';
import { refusalOf } from '../../testing/exports/refused';
import { type Row, rows } from '../../testing/exports/rows';
import { template } from '../../testing/exports/templates';
import { once } from '../../testing/once';
import { answerStart } from '../tokenizer/prompt';
import { uncheckable } from '../verify/check';
import { compare, type Figures, matches } from '../verify/compare';
import { PLACES, reference, type Reference } from '../verify/reference';
import { withAdapter } from './adapted';
import { FORMAT_IDS } from './cards';
import { checkOf, expectedBytes, type Exported, type Known } from './format';
import { type FormatId, FORMATS } from './formats';
import { settingsOf } from './formatSettings';
import { importModel } from './importModel';
import { kindOf } from './kinds';
import { readPeft } from './formats/peft/import';
import { elsewhere } from './weights';

// As in Safari: without 64-bit memory, our own reader opens GGUF. llama.cpp itself: formats/gguf.test.ts.
beforeAll(() => void vi.spyOn(WebAssembly, 'validate').mockReturnValue(false));

const MAX_CHUNK = 4 * 2 ** 20;
interface File {
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
}
/** Files of a format. Checks that they have their stated sizes, come in pieces, and are the same each time. */
async function written(format: FormatId, exported: Exported, withOptimizer = false): Promise<File[]> {
  const streams = await FORMATS[format].files(exported, { withOptimizer, template });
  return Promise.all(streams.map(async (stream) => ({ name: stream.name, bytes: await wholeOf(stream) })));
}
async function wholeOf({ name, size, chunks }: ByteStream): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for await (const chunk of chunks()) {
    expect(chunk.length, name).toBeLessThanOrEqual(MAX_CHUNK);
    pieces.push(chunk.slice());
  }
  const bytes = new Uint8Array(await new Blob(pieces).arrayBuffer());
  expect(bytes.length, name).toBe(size);
  return bytes;
}
/** The downloaded bytes: the file, or a zip of the folder. */
async function download(format: FormatId, files: readonly File[]): Promise<Uint8Array<ArrayBuffer>> {
  if (FORMATS[format].kind === 'file') return files[0]!.bytes;
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  const streams = files.map(({ name, bytes }) => ({ name, size: bytes.length, chunks: () => [bytes] }));
  for await (const piece of zipped(streams, unwatched)) pieces.push(piece.slice());
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
}

const oursOf = (row: Row): Promise<Reference> =>
  once(`reference of ${row.name}`, async () => {
    const exported = await exportedOf(row);
    const { tokenizer, tokens } = exported;
    const around = { start: answerStart(tokenizer), end: tokenizer.endOfText };
    return withNetwork(exported, (net) => reference(net, tokens!.validation, [1], () => Promise.resolve(), around));
  });
async function inSecondEngine(row: Row, format: FormatId, bytes: Uint8Array<ArrayBuffer>): Promise<Figures | null> {
  const { info } = await exportedOf(row);
  const check = checkOf(FORMATS[format], info.model);
  // onnxruntime has its own test: formats/onnx.test.ts.
  if (!check || check.engine === 'onnxruntime' || uncheckable(check, info.model) !== null) return null;
  const engine = await secondEngine(bytesSource(bytes), check, info.model);
  expect(engine.name).toBe('a second program on this computer');
  return compare(await oursOf(row), engine, check.bound, unwatched);
}

/** Changes the last weight of the first linear layer. */
function changed(exported: Exported): Exported {
  const { info, snapshot } = exported;
  const [name] = Object.entries(paramsOf(info.model)).find(([, { linear }]) => linear)!;
  const { shape, data } = snapshot.tensors.get(name)!;
  return { ...exported, snapshot: { ...snapshot, tensors: new Map(snapshot.tensors).set(name, { shape, data: data.with(-1, -30) }) } }; // prettier-ignore
}

/** Bytes that no estimate includes. */
const SMALL = 16_000;
async function expectSize(format: FormatId, exported: Exported): Promise<void> {
  const { info, snapshot, tokens, events } = exported;
  const isAdded = info.trainable?.adapter !== undefined;
  const parameters = countParams(paramsOf(info.model));
  for (const withOptimizer of [true, false]) {
    const known: Known = {
      ...{ model: info.model, parameters, withOptimizer },
      saved: [...snapshot.tensors.values()].reduce((sum, { data }) => sum + data.byteLength, 0),
      ...(isAdded && { added: [...snapshot.tensors].reduce((n, [name, { data }]) => n + (name.includes('lora_') && !name.startsWith('adam.') ? data.length : 0), 0) }), // prettier-ignore
      tokens: tokens!.train.tokens + tokens!.validation.tokens,
      steps: events.filter(({ kind }) => kind === 'step').length,
    };
    const files = await FORMATS[format].files(exported, { withOptimizer, template });
    const bytes = files.reduce((sum, { size }) => sum + size, 0);
    const expected = expectedBytes(FORMATS[format], known);
    expect(Math.abs(expected - bytes), `${bytes} bytes, ${expected} expected`).toBeLessThan(
      Math.max(0.15 * bytes, SMALL),
    );
  }
}

/** Imports the downloaded model, if that is supported. */
async function expectBack(row: Row, format: FormatId, bytes: Uint8Array): Promise<void> {
  const exported = await exportedOf(row);
  const { info, snapshot, tokenizer } = exported;
  const reading = importModel([{ name: `it.${NAMES[format] ?? 'zip'}`, source: bytesSource(bytes) }], unwatched);
  const how = comesBack(row, format);
  if (how === 'no') {
    await expect(reading).rejects.toMatchObject({
      message: expect.stringMatching(/^it\.zip contains a model as .*\.onnx, which can't be imported$/) as string,
      remedy: expect.stringMatching(/Export the run as a Hugging Face folder/) as string,
    });
    return;
  }
  const back = await reading;
  expect(back.tokenizer.model).toEqual(tokenizer.model);
  if (how === 'run') {
    expect(back.model).toEqual(info.model);
    expect(back.info).toEqual(info);
    expect(back.resumable).toBe(true);
    expect(back.snapshot).toEqual(snapshot);
    return;
  }
  // A GGUF file states the function with sizes that others know: no window, and an embedding that may be stored twice.
  const sizes = ({ config }: ModelChoice) => ({ ...config, window: 0, untied: info.model.config.untied });
  expect(sizes(back.model)).toEqual(sizes(elsewhere(info.model)));
  if (info.model.config.untied) expect(back.model.config.untied).toBe(true);
  expect(back.stated).toMatchObject({ format: 'GGUF', name: info.name });
  expect(back).toMatchObject({ info: null, resumable: false, events: [] });
  if (format !== 'gguf-f32') return;
  for (const name of Object.keys(paramsOf(info.model)))
    expect(back.snapshot.tensors.get(name), name).toEqual(snapshot.tensors.get(name));
}
/** Whether Homegrown reads the format's content after writing it. */
const hasSecondReader = (row: Row, format: FormatId): boolean =>
  format !== 'gguf-lora' && !format.startsWith('onnx') && (format !== 'service' || kindOf(row) === 'decoder');
/** Imported as: `run`, with the state to resume; `weights`; or `no`, refused. An adapter alone is no model. */
function comesBack(row: Row, format: FormatId): 'run' | 'weights' | 'no' | undefined {
  if (format === 'hf' || format === 'pytorch') return 'run';
  if (format.startsWith('onnx')) return 'no';
  const readsGguf = modelSpec(row.id).gguf?.reads !== undefined;
  if (format === 'service' && kindOf(row) !== 'decoder') return 'no';
  return readsGguf && (format === 'service' || format in NAMES) ? 'weights' : undefined;
}
const NAMES: Partial<Record<FormatId, string>> = { 'gguf-f32': 'gguf', 'gguf-f16': 'gguf', 'gguf-q8_0': 'gguf' };

async function expectAdapterBack(row: Row, files: readonly File[]): Promise<void> {
  const [exported, base] = [await exportedOf(row), await baseOf(row)];
  const { info, snapshot } = exported;
  const sources = new Map(files.map(({ name, bytes }) => [name, bytesSource(bytes)]));
  const { adapter, tensors, base: hash, words } = await readPeft(sources, info.model, unwatched);
  expect(adapter).toEqual(info.trainable!.adapter);
  expect(tensors.size).toBeGreaterThan(0);
  for (const [name, { data }] of tensors) expect(data, name).toEqual(snapshot.tensors.get(name)!.data);
  expect(hash).toBe(snapshot.state.frozen);
  expect(words).toBeUndefined();
  const alone = { model: info.model, tokenizer: base.tokenizer, snapshot: base.snapshot, info: base.info };
  const again = await withAdapter({ ...alone, events: [], resumable: false }, sources, 'a', unwatched);
  for (const [name, { data }] of snapshot.tensors)
    if (!name.startsWith('adam.')) expect(again.snapshot.tensors.get(name)?.data, name).toEqual(data);
}

const isPlain = ({ name }: Row): boolean => name.endsWith(', plain');
/** Tolerance of log probabilities. T5's attention isn't scaled, and amplifies rounding. */
const closeTo = (row: Row): number => (kindOf(row) === 'encoder-decoder' ? 5e-4 : 1e-4);

describe.each(rows())('$name', (row) => {
  test.each(FORMAT_IDS)('as %s', async (format) => {
    const exported = await exportedOf(row);
    const reason = FORMATS[format].problem?.(settingsOf(exported.info)) ?? null;
    const stated = refusalOf(row, format);
    if (stated !== undefined)
      expect(reason, `${row.name} as ${format}: testing/exports/refused.ts says why it can't be written`).toBe(stated);
    if (reason !== null) return;
    await expectSize(format, exported);
    // For graphs, see formats/onnx.test.ts.
    if (format.startsWith('onnx') && !isPlain(row)) return;
    const files = await written(format, exported, true);
    const sources = new Map(files.map(({ name, bytes }) => [name, bytesSource(bytes)]));
    const streams = await FORMATS[format].files(exported, { withOptimizer: true, template });
    const { hasReader } = await verifyExport({ exported, format: FORMATS[format], streams, files: sources }, unwatched);
    expect(hasReader).toBe(hasSecondReader(row, format));
    const bytes = await download(format, files);
    const figures = await inSecondEngine(row, format, bytes);
    if (figures) {
      expect(matches(figures), JSON.stringify(figures)).toBe(true);
      expect(figures.places).toBe(PLACES);
      if (!format.startsWith('gguf') && format !== 'service') expect(figures.difference).toBeLessThan(closeTo(row));
    }
    if (isPlain(row) || (row.config.classes && format === 'html')) {
      for (const [i, again] of (await written(format, exported, true)).entries())
        expect(Buffer.compare(again.bytes, files[i]!.bytes), again.name).toBe(0);
      if (figures) {
        const other = await download(format, await written(format, changed(exported)));
        expect(matches((await inSecondEngine(row, format, other))!)).toBe(false);
      }
    }
    if (comesBack(row, format)) await expectBack(row, format, bytes);
    if (format === 'peft') await expectAdapterBack(row, files);
    if (format === 'service') {
      const model = FORMATS[files.some(({ name }) => name.endsWith('.gguf')) ? 'gguf-f16' : 'onnx-f16'];
      const own = await model.files(exported, { withOptimizer: false, template });
      const weights = own.filter(({ name }) => /\.(gguf|onnx)$/.test(name));
      const served = files.filter(({ name }) => /\.(gguf|onnx)$/.test(name));
      expect(served.length).toBe(weights.length);
      for (const [i, each] of weights.entries()) expect(served[i]!.bytes).toEqual(await readBytes(each));
    }
  });
});
