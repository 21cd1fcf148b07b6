/** Readers of exported files for verification, separate from the readers in the rest of the app. */
import { createCRC32, sha256 } from 'hash-wasm';
import { badFile } from '../base/errors';
import { z } from '../base/zod';
import type { ByteSource } from '../files/byteSource';
import { openZip } from '../files/openZip';
import { modelIds, modelSpec } from '../models';
import { withClasses } from '../models/classes';
import { folderFormat, OWN_TYPE } from '../models/folderFormat';
import { classesSchema, isClassifier, plainType } from '../models/hubClasses';
import { theirRows, theirShape, unchanged } from '../models/layout';
import type { ModelChoice } from '../models/network';
import { sizeOf } from '../models/spec';
import { compareHash } from './compareHash';

export interface ReadBack {
  model: ModelChoice;
  /** By Hugging Face's names. */
  weights: Map<string, Float32Array>;
}

/** First file in a zip whose path ends with `end`. */
export const fileInZip = async (zip: ByteSource, end: string): Promise<ByteSource> => (await filesInZip(zip, end))[0];

/** All files in a zip whose paths end with `end`. @throws HomegrownError `bad-file` if there are none */
export async function filesInZip(zip: ByteSource, end: string): Promise<readonly [ByteSource, ...ByteSource[]]> {
  const matches = [...(await openZip(zip, 'The zip'))].filter(([path]) => path.endsWith(end));
  const [first, ...others] = matches.map(([, source]) => source);
  if (!first) throw badFile(`The zip has no ${end}`);
  return [first, ...others];
}

/** config.json and model.safetensors of a model's folder under `path` of a zip. */
export async function readFolder(zip: ByteSource, path: string): Promise<ReadBack> {
  const files = await openZip(zip, 'The zip');
  const file = (name: string): ByteSource => {
    const match = files.get(path + name);
    if (match) return match;
    throw badFile(`The zip has no ${path}${name}`);
  };
  const source = file('config.json');
  const json: unknown = JSON.parse(new TextDecoder().decode(await source.read(0, source.size)));
  const { model_type } = z.object({ model_type: z.string() }).parse(json);
  if (model_type === OWN_TYPE) {
    const { architecture, vocab_size: vocabulary, config } = ownConfig().parse(json);
    return inTheirLayout({ id: architecture, config, vocabulary }, await readSafetensors(file('model.safetensors')));
  }
  const type = plainType(model_type);
  const id = modelIds().find((id) => modelSpec(id).huggingFace?.types.includes(type));
  if (!id) throw badFile(`config.json has the unknown type ${type.slice(0, 80)}`);
  const { huggingFace, classes } = modelSpec(id);
  const { schema, seen } = huggingFace!;
  const { config: statedConfig, vocabulary } = schema.parse({ ...(json as object), model_type: type });
  const weights = await readSafetensors(file('model.safetensors'));
  const model = { id, config: seen?.(statedConfig, new Set(weights.keys())) ?? statedConfig, vocabulary };
  if (!isClassifier(json)) return { model, weights };
  return { model: withClasses(model, classesSchema(classes!.pooling).parse(json)), weights };
}

/** Converts weights in our layout to Hugging Face's names and shapes, which the page's forward pass uses. */
function inTheirLayout(model: ModelChoice, ours: ReadonlyMap<string, Float32Array>): ReadBack {
  const { params, huggingFace } = modelSpec(model.id);
  const table = params(model.config, model.vocabulary);
  const layout = huggingFace!.layout?.(model.config) ?? unchanged(Object.keys(table));
  const weights = layout.map((piece): [string, Float32Array] => {
    const data = ours.get(piece.of);
    if (!data) throw badFile(`The file has no weight ${piece.of}`);
    const { shape } = table[piece.of]!;
    const converted = new Float32Array(sizeOf(theirShape(piece, shape)));
    let offset = 0;
    for (const rows of theirRows(piece, { shape, data })) {
      converted.set(rows, offset);
      offset += rows.length;
    }
    return [piece.name, converted];
  });
  return { model, weights: new Map(weights) };
}

/** Reads a file of weights alone. @param own the exported model, since the file may not contain its sizes */
export async function readWeights(source: ByteSource, own: ModelChoice): Promise<ReadBack> {
  const weights = await readSafetensors(source);
  if (folderFormat(own).isOwn) return inTheirLayout(own, weights);
  const { elsewhere } = modelSpec(own.id);
  return { model: elsewhere ? { ...own, config: elsewhere(own.config) } : own, weights };
}

/** Reads u64 length, JSON and f32 bytes: only what we write. https://github.com/huggingface/safetensors#format */
export async function readSafetensors(source: ByteSource): Promise<Map<string, Float32Array>> {
  const first = await source.read(0, 8);
  const length = Number(new DataView(first.buffer, first.byteOffset).getBigUint64(0, true));
  const { __metadata__: metadata, ...entries } = JSON.parse(
    new TextDecoder().decode(await source.read(8, length)),
  ) as Record<string, unknown>;
  const start = 8 + length;
  const hash = z.object({ 'homegrown.tensors.sha256': z.string() }).parse(metadata)['homegrown.tensors.sha256'];
  compareHash(await sha256(await source.read(start, source.size - start)), hash);
  const weights = new Map<string, Float32Array>();
  for (const [name, { shape, data_offsets }] of Object.entries(z.record(z.string(), entry).parse(entries))) {
    const [begin, end] = data_offsets;
    const bytes = await source.read(start + begin, end - begin);
    const values = new Float32Array(bytes.slice().buffer);
    if (values.length !== shape.reduce((product, size) => product * size, 1))
      throw badFile(`${name} has ${values.length} values and the shape [${shape.join(', ')}]`);
    weights.set(name, values);
  }
  return weights;
}
const entry = z.object({ dtype: z.literal('F32'), shape: z.array(z.int()), data_offsets: z.tuple([z.int(), z.int()]) });

/** Reads an offline page: its JSON, and its base64 blocks, decoded one at a time. */
export async function readPage(source: ByteSource): Promise<ReadBack> {
  const decoder = new TextDecoder();
  let text = '';
  let header: z.infer<typeof embedded> | undefined;
  let [weightData, bytesRead] = [new Float32Array(), 0];
  const crc32 = await createCRC32();
  crc32.init();
  for (let offset = 0; offset < source.size; offset += PIECE) {
    text += decoder.decode(await source.read(offset, Math.min(PIECE, source.size - offset)), { stream: true });
    for (;;) {
      const openIndex = text.indexOf(OPEN);
      const closeIndex = openIndex === -1 ? -1 : text.indexOf('</script>', openIndex);
      if (closeIndex === -1) break;
      if (!header) {
        const json = JSON_BLOCK.exec(text.slice(0, openIndex))?.[1]?.trim() ?? 'null';
        header = embedded.parse(JSON.parse(json));
        crc32.update(json);
        weightData = new Float32Array(header.tensors.reduce((sum, [, size]) => sum + size, 0));
      }
      const block = atob(text.slice(openIndex + OPEN.length, closeIndex));
      const bytes = new Uint8Array(weightData.buffer);
      if (bytesRead + block.length > bytes.length)
        throw badFile(`The page contains more than ${bytes.length} bytes of weights`);
      for (let i = 0; i < block.length; i++) bytes[bytesRead + i] = block.charCodeAt(i);
      crc32.update(bytes.subarray(bytesRead, (bytesRead += block.length)));
      text = text.slice(closeIndex);
    }
  }
  if (!header || bytesRead !== weightData.byteLength)
    throw badFile(`The page contains ${bytesRead} of ${weightData.byteLength} bytes of weights`);
  compareHash(crc32.digest(), CRC_BLOCK.exec(text)?.[1]);
  let start = 0;
  const weights = header.tensors.map(([name, size]) => [name, weightData.subarray(start, (start += size))] as const);
  return { model: header.model, weights: new Map(weights) };
}
const sizes = z
  .object({
    layers: z.int(),
    heads: z.int(),
    width: z.int(),
    context: z.int(),
    untied: z.literal(true).exactOptional(),
    classes: z.any().exactOptional(),
  })
  .catchall(z.union([z.number(), z.boolean(), z.string()]));
const ownConfig = () => z.object({ architecture: z.enum(modelIds()), vocab_size: z.int(), config: sizes });
const embedded = z.object({
  model: z.object({ id: z.enum(modelIds()), config: sizes, vocabulary: z.int() }),
  tensors: z.array(z.tuple([z.string(), z.int()])),
});
const JSON_BLOCK = /<script[^>]*\bid="model"[^>]*>([^<]*)<\/script>/;
const CRC_BLOCK = /<script[^>]*\bid="crc32"[^>]*>([^<]*)<\/script>/;
const OPEN = '<script type="application/octet-stream;base64">';
const PIECE = 2 ** 22;
