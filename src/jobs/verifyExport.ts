/** Reads a written export again before a person gets it: its bytes, then its content with the format's reader. */
import { badFile, HomegrownError } from '../core/base/errors';
import type { Job } from '../core/base/job';
import { formatCount } from '../core/base/units';
import { type NamedTensors, type TensorInPieces, bytesOf } from '../core/checkpoint/tensors';
import type { Exported, Format, SecondReader } from '../core/export/format';
import { openGgufModel } from '../core/export/formats/gguf/import';
import { openGguf } from '../core/export/formats/gguf/read';
import { readPeft } from '../core/export/formats/peft/import';
import type { Folder } from '../core/export/importFolder';
import { openFound } from '../core/export/importModel';
import { compare, readTensors, shapesOf } from '../core/export/importTensors';
import { elsewhere, folderWeights, hubWeights, weightsOf } from '../core/export/weights';
import type { ByteSource, ByteStream } from '../core/files/byteSource';
import { modelSpec } from '../core/models';
import type { ModelChoice } from '../core/models/network';
import type { Tokenizer } from '../core/tokenizer/tokenizer';
import { readers } from '../core/verify/check';

/** Evidence of a check. */
export interface ExportCheck {
  files: number;
  /** Bytes that were read again and compared. */
  bytes: number;
  /** Tensors that the format's reader read, equal to the model within the format's rounding. */
  tensors: number;
  /** Whether Homegrown has a reader for this format. Without one, only bytes are compared. */
  hasReader: boolean;
}

interface Written {
  exported: Exported;
  format: Format;
  /** Files as the writer produces them. */
  streams: readonly ByteStream[];
  /** Files as they were written, by their names. */
  files: Folder;
}

/**
 * Verifies an export. Callers keep its files as drafts until this check has passed.
 * @throws HomegrownError `bad-file` at the first difference, with its place
 */
export async function verifyExport(written: Written, job: Job): Promise<ExportCheck> {
  try {
    const bytes = await compareFiles(written.streams, written.files, job);
    const reader = written.format.secondReader;
    const found = reader && fileFor(reader, written.files);
    const tensors = reader && found ? await READERS[reader](written, found, job) : 0;
    return { files: written.streams.length, bytes, tensors, hasReader: tensors > 0 };
  } catch (error) {
    if (!(error instanceof HomegrownError) || error.code !== 'bad-file') throw error;
    throw badFile(
      `The export is damaged: ${error.message}`,
      'The damaged file was removed, and the model is unchanged. Export again; if this repeats, check the disk and the memory.',
    );
  }
}

/** What the check covered, in words. */
export const checkWords = ({ bytes, tensors, hasReader }: ExportCheck): string =>
  hasReader
    ? `checked: ${formatCount(tensors)} tensors read back`
    : `checked: ${formatCount(bytes)} bytes read back; Homegrown has no reader for this format`;

/** Compares the files with their writer's bytes. @returns the number of bytes */
export async function compareFiles(streams: readonly ByteStream[], files: Folder, job: Job): Promise<number> {
  const totalBytes = streams.reduce((sum, { size }) => sum + size, 0);
  let done = 0;
  for (const stream of streams) {
    const source = files.get(stream.name);
    if (!source) throw badFile(`${stream.name} is missing`);
    if (source.size !== stream.size)
      throw badFile(`${stream.name} has ${formatCount(source.size)} of ${formatCount(stream.size)} bytes`);
    let offset = 0;
    for await (const chunk of stream.chunks()) {
      job.signal.throwIfAborted();
      const index = differenceOf(chunk, await source.read(offset, chunk.length));
      if (index !== -1) throw badFile(`${stream.name} differs at byte ${formatCount(offset + index)}`);
      offset += chunk.length;
      done += chunk.length;
      job.report({ label: `Checking ${stream.name}`, done, of: totalBytes, unit: 'bytes' });
    }
  }
  return done;
}

/** Index of the first difference; -1 if there is none. */
function differenceOf(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) return Math.min(a.length, b.length);
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return i;
  return -1;
}

interface NamedFile {
  name: string;
  source: ByteSource;
}
/** File that a reader opens; undefined if the export has none for it. Readers of folders get any. */
function fileFor(reader: SecondReader, files: Folder): NamedFile | undefined {
  const all = [...files].map(([name, source]) => ({ name, source }));
  if (reader === 'folder' || reader === 'bundle' || reader === 'adapter' || all.length === 1) return all[0];
  return all.find(({ name }) => name.endsWith('.gguf'));
}

/** Readers of formats. Each returns the number of tensors that are equal to the model's. */
const READERS: Readonly<Record<SecondReader, (written: Written, file: NamedFile, job: Job) => Promise<number>>> = {
  folder: (written, _, job) => checkFolder(written, written.files, job),
  bundle(written, _, job) {
    const inner = [...written.files].filter(([name]) => name.startsWith(BUNDLED));
    return checkFolder(written, new Map(inner.map(([name, source]) => [name.slice(BUNDLED.length), source])), job);
  },
  gguf: checkGguf,
  async safetensors({ exported }, { name, source }) {
    return compareFlat(name, await (await readers()).readSafetensors(source), folderWeights(exported));
  },
  async page({ exported }, { name, source }) {
    const { model, weights } = await (await readers()).readPage(source);
    sameModel(name, model, elsewhere(exported.info.model));
    return compareFlat(name, weights, hubWeights(exported));
  },
  async adapter({ exported, files }, _, job) {
    const { tensors } = await readPeft(files, exported.info.model, job);
    const { snapshot } = exported;
    const own = [...snapshot.tensors].filter(([name]) => name.includes('lora_') && !MOMENT.test(name));
    return compareTensors('The adapter', tensors, new Map(own), () => 0);
  },
};
const BUNDLED = 'model/';
/** Names of optimizer moments (core/optim): `adam.m.<weight>`. */
const MOMENT = /^(adam|lion|muon|sgd)\.[mv]\./;

async function checkFolder({ exported }: Written, folder: Folder, job: Job): Promise<number> {
  const incoming = await openFound({ kind: 'folder', folder });
  const { model, tokenizer, snapshot } = await incoming.read(job);
  sameModel('config.json', model, exported.info.model);
  sameTokenizer('tokenizer.json', tokenizer, exported.tokenizer);
  const hasMoments = folder.has('optimizer.safetensors');
  const expected = [...exported.snapshot.tensors].filter(([name]) => hasMoments || !MOMENT.test(name));
  return compareTensors('The folder', snapshot.tensors, new Map(expected), () => 0);
}

async function checkGguf({ exported, format }: Written, { name, source }: NamedFile, job: Job): Promise<number> {
  const { weights } = await openGguf(source, name);
  const model = elsewhere(exported.info.model);
  const { gguf, params } = modelSpec(model.id);
  const table = params(model.config, model.vocabulary);
  const layout = gguf!.layout(model.config);
  compare(name, shapesOf(layout, table), weights.shapes, 'the model');
  await weights.check(job);
  const expected = weightsOf(exported);
  const toRead = [...expected.keys()].map((of) => ({ file: weights, of, slot: '' }));
  const tensors = await readTensors(toRead, layout, table, job);
  if (gguf!.reads) {
    const { tokenizer } = await openGgufModel(source, name);
    // A GGUF file can't contain normalizers, which change a text before it is encoded.
    if (!exported.tokenizer.model.normalizers) sameTokenizer(name, tokenizer, exported.tokenizer);
  }
  return compareTensors(name, tensors, expected, roundingOf(format.precision.bits));
}

/** Maximum difference after rounding to a number of bits per weight; `max` is the tensor's maximum magnitude. */
function roundingOf(bits: number): (value: number, max: number) => number {
  if (bits >= 32) return () => 0;
  // f16 has 11 significant bits; its smallest step is 2^-24.
  if (bits >= 16) return (value) => Math.abs(value) * 2 ** -11 + 2 ** -25;
  // 127 steps up to a block's maximum, times a scale in f16.
  return (_, max) => max * (0.5 / 127 + 2 ** -10) + 2 ** -24;
}

/** Compares names, shapes and values. @returns the number of tensors */
function compareTensors(
  file: string,
  found: NamedTensors,
  expected: NamedTensors,
  rounding: (value: number, max: number) => number,
): number {
  const shapes = (tensors: NamedTensors) => new Map([...tensors].map(([name, { shape }]) => [name, { shape }]));
  compare(file, shapes(expected), shapes(found), 'the model');
  for (const [name, { data }] of expected) {
    const other = found.get(name)!;
    if (differenceOf(bytesOf({ data }), bytesOf(other)) === -1) continue;
    const max = data.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    const index = data.findIndex((value, i) => !(Math.abs(value - other.data[i]!) <= rounding(value, max)));
    if (index !== -1) throw differs(file, `${name}[${index}]`, other.data[index], data[index]!);
  }
  return expected.size;
}

/** Compares tensors whose file has no shapes of ours, bit by bit. @returns the number of tensors */
function compareFlat(
  file: string,
  found: ReadonlyMap<string, Float32Array>,
  expected: ReadonlyMap<string, TensorInPieces>,
): number {
  for (const [name, { pieces }] of expected) {
    const data = found.get(name);
    if (!data) throw badFile(`${file}: ${name} is missing`);
    let offset = 0;
    for (const piece of pieces()) {
      const other = data.subarray(offset, offset + piece.length);
      const byte = differenceOf(bytesOf({ data: piece }), bytesOf({ data: other }));
      const i = Math.floor(byte / 4);
      if (byte !== -1) throw differs(file, `${name}[${offset + i}]`, other[i], piece[i]!);
      offset += piece.length;
    }
    if (offset !== data.length) throw badFile(`${file}: ${name} has ${data.length} values, not ${offset}`);
  }
  if (found.size !== expected.size) throw badFile(`${file} has ${found.size} tensors; the model has ${expected.size}`);
  return expected.size;
}

const differs = (file: string, place: string, found: number | undefined, expected: number): HomegrownError =>
  badFile(`${file}: ${place} is ${found ?? 'missing'}; the model has ${expected}`);

function sameModel(file: string, found: ModelChoice, expected: ModelChoice): void {
  const [a, b] = [sorted(found), sorted(expected)];
  if (a !== b)
    throw badFile(`${file} describes the model ${a.slice(0, 300)}; the exported model is ${b.slice(0, 300)}`);
}
/** JSON with sorted keys. */
const sorted = (value: unknown): string =>
  JSON.stringify(value, (_, item: unknown) =>
    item !== null && typeof item === 'object' && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );

/** Compares vocabularies, and the ids and the text of a sentence with several scripts. */
function sameTokenizer(file: string, found: Tokenizer, expected: Tokenizer): void {
  if (found.size !== expected.size)
    throw badFile(`${file} has ${found.size} tokens; the tokenizer has ${expected.size}`);
  const [ids, own] = [found.encode(PROBE), expected.encode(PROBE)];
  if (String([...ids]) !== String([...own]))
    throw badFile(`${file} encodes a sentence as ${ids.length} other tokens; the tokenizer as ${own.length}`);
  if (found.decode(ids) !== expected.decode(own)) throw badFile(`${file} decodes a sentence differently`);
}
const PROBE = 'The quick brown fox, naïve: 12.5 €\n\tvon Ü bis 日本 😀';
