import { formatCount } from '../../../base/units';
import type { ByteStream } from '../../../files/byteSource';
import type { HostTensor } from '../../../checkpoint/tensors';
import { hashTensors, NO_HASH, TENSORS_SHA256 } from '../../../checkpoint/tensorsHash';
import { modelSpec } from '../../../models';
import type { Gguf } from '../../../models/interop';
import type { ModelChoice } from '../../../models/network';
import { type Piece, theirRows, theirShape } from '../../../models/layout';
import { countParams, sizeOf } from '../../../models/spec';
import { spellings } from '../../../tokenizer/alphabet';
import { NORMALIZERS } from './tokenizer';
import { TOKEN_ROLES } from '../../../tokenizer/special';
import { beginOf } from '../../../tokenizer/prompt';
import { SPLITS } from '../../../tokenizer/splits';
import { chatTemplateOf, type Elsewhere, type Tokenizer } from '../../../tokenizer/tokenizer';
import { endsOf } from '../../../chat/endOfTurn';
import { elsewhere, weightsOf } from '../../weights';
import { dataOf } from '../../../runs/segments';
import type { Exported } from '../../format';
import { aligned, bool, f32, type GgufValue, i32s, string, strings, u32, writeHeader } from './header';
import { GGUF_TYPES, type GgufTypeName } from './types';
import type { RunInfo } from '../../homegrownJson';
import { normalizerWords } from '../../normalizerWords';

/** Writes weights and tokenizer to one file. */
export function ggufFile(model: Exported, type: GgufTypeName): ByteStream {
  const { info, tokenizer } = model;
  const theirs = elsewhere(info.model);
  const architecture = modelSpec(theirs.id).gguf!;
  const tensors = placed(weightsOf(model), architecture.layout(theirs.config), type);
  const keys = { ...general(info, architecture, type), ...sizes(theirs, architecture), ...tokenizerKeys(tokenizer) };
  return ggufOf(`${model.name}-${type}.gguf`, keys, tensors);
}

/** Writes a file with these keys and tensors, and their hash. */
export function ggufOf(
  name: string,
  keys: Readonly<Record<string, GgufValue>>,
  tensors: readonly Placed[],
): ByteStream {
  const header = (hash: string): Uint8Array =>
    writeHeader({
      keys: { ...keys, [TENSORS_SHA256]: string(hash) },
      tensors: tensors.map(({ name, shape, as, offset }) => ({ name, shape, type: GGUF_TYPES[as].code, offset })),
    });
  const last = tensors.at(-1)!;
  return {
    name,
    size: header(NO_HASH).length + last.offset + aligned(last.bytes),
    async *chunks() {
      yield header(await hashTensors(inPieces(tensors)));
      yield* inPieces(tensors);
    },
  };
}

/** Bytes after the header, including padding. */
function* inPieces(tensors: readonly Placed[]): Generator<Uint8Array> {
  for (const tensor of tensors) {
    for (const rows of theirRows(tensor.piece, tensor.tensor)) yield GGUF_TYPES[tensor.as].encode(rows, tensor.name);
    const padding = aligned(tensor.bytes) - tensor.bytes;
    if (padding > 0) yield new Uint8Array(padding);
  }
}

function general(info: RunInfo, architecture: Gguf, type: GgufTypeName): Record<string, GgufValue> {
  const { id, config, vocabulary } = info.model;
  return {
    'general.architecture': string(architecture.name(config)),
    'general.type': string('model'),
    'general.name': string(info.name),
    'general.description': string(description(info)),
    'general.size_label': string(sizeLabel(countParams(modelSpec(id).params(config, vocabulary)))),
    'general.file_type': u32(GGUF_TYPES[type].fileType),
    ...(type === 'Q8_0' && { 'general.quantization_version': u32(2) }),
  };
}

function description(info: RunInfo): string {
  const { model } = info;
  const data = dataOf(info);
  const what = `A ${modelSpec(model.id).label} language model, trained with Homegrown`;
  const form = info.normalizers ? ` Prompts are to be normalized first: ${normalizerWords(info.normalizers)}.` : '';
  if (!data) return `A ${modelSpec(model.id).label} language model.${form}`;
  const characters = data.texts.reduce((sum, text) => sum + text.characters, 0);
  const licences = new Set(data.texts.map(({ licence }) => licence ?? 'license not recorded'));
  return `${what} on ${formatCount(characters)} characters of text (${[...licences].join('; ')}).${form}`;
}

/** Formats a parameter count like llama.cpp's converter: two digits or more, in thousands, millions or billions. */
function sizeLabel(parameters: number): string {
  const [divisor, letter] = parameters >= 1e9 ? [1e9, 'B'] : parameters >= 1e6 ? [1e6, 'M'] : [1e3, 'K'];
  const scaled = parameters / divisor;
  return `${scaled.toFixed(Math.round(scaled) >= 10 ? 0 : 1)}${letter}`;
}

const sizes = (model: ModelChoice, { name, sizes: of }: Gguf): Record<string, GgufValue> =>
  Object.fromEntries(
    Object.entries(of(model)).map(([key, value]) => [
      `${name(model.config)}.${key}`,
      'u32' in value ? u32(value.u32) : f32(value.f32),
    ]),
  );

function tokenizerKeys(tokenizer: Tokenizer): Record<string, GgufValue> {
  const { model, special, endOfText } = tokenizer;
  const { elsewhere, merges, normalizers } = model;
  const names = spellings(tokenizer);
  const template = chatTemplateOf(model);
  const [, endOfTurn] = endsOf(tokenizer);
  return {
    'tokenizer.ggml.model': string('gpt2'),
    'tokenizer.ggml.pre': string(SPLITS[elsewhere?.split ?? 'gpt-2'].gguf[0]),
    // GGUF requires a unique text for every id.
    'tokenizer.ggml.tokens': strings(names.map((name, id) => name || `[PAD${id}]`)),
    'tokenizer.ggml.token_type': i32s(
      elsewhere ? typesOf(elsewhere) : names.map((_, id) => (id < endOfText ? NORMAL : CONTROL)),
    ),
    'tokenizer.ggml.merges': strings(merges.map(([left, right]) => `${names[left]!} ${names[right]!}`)),
    'tokenizer.ggml.bos_token_id': u32(beginOf(tokenizer)),
    ...Object.fromEntries(
      special.flatMap(({ role, id }) => {
        const key = role && TOKEN_ROLES[role].gguf;
        return key === undefined ? [] : [[`tokenizer.ggml.${key}`, u32(id)]];
      }),
    ),
    // llama.cpp also ends generation at the end-of-turn token.
    ...(endOfTurn !== undefined && { 'tokenizer.ggml.eot_token_id': u32(endOfTurn) }),
    'tokenizer.ggml.add_bos_token': bool(elsewhere?.begin !== undefined),
    ...(template !== undefined && { 'tokenizer.chat_template': string(template) }),
    ...(normalizers && { [NORMALIZERS]: string(JSON.stringify(normalizers)) }),
  };
}

function typesOf({ spellings, added }: Elsewhere): readonly number[] {
  const types = spellings.map((spelling) => (spelling === '' ? UNUSED : NORMAL));
  for (const { id, special } of added) types[id] = special ? CONTROL : USER_DEFINED;
  return types;
}
/** Token types of llama.h, llama_token_type. */
const [NORMAL, CONTROL, USER_DEFINED, UNUSED] = [1, 3, 4, 5] as [number, number, number, number];

interface Placed {
  name: string;
  /** Shape in row-major order: [out, in] for a matrix. */
  shape: readonly number[];
  as: GgufTypeName;
  offset: number;
  bytes: number;
  tensor: HostTensor;
  piece: Piece;
}

export function placed(
  weights: ReadonlyMap<string, HostTensor>,
  layout: ReturnType<Gguf['layout']>,
  type: GgufTypeName,
): Placed[] {
  let offset = 0;
  return layout.map((piece) => {
    const tensor = weights.get(piece.of)!;
    const shape = theirShape(piece, tensor.shape);
    const as = piece.full ? 'F32' : fitting(type, shape.at(-1)!);
    const { block, blockBytes } = GGUF_TYPES[as];
    const bytes = (sizeOf(shape) / block) * blockBytes;
    const place = { name: piece.name, shape, as, offset, bytes, tensor, piece };
    offset += aligned(bytes);
    return place;
  });
}

/** Uses f16 for rows that aren't whole blocks, like llama.cpp's converter. */
const fitting = (type: GgufTypeName, row: number): GgufTypeName => (row % GGUF_TYPES[type].block === 0 ? type : 'F16');
