/** Messages of onnx.proto that a model consists of. https://github.com/onnx/onnx/blob/v1.15.0/onnx/onnx.proto3 */
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { field, type LazyBytes } from './lazyBytes';

/** Element types, as in TensorProto.DataType. */
export const ELEMENT = { float: 1, int32: 6, int64: 7, bool: 9, float16: 10 } as const;
export type ElementType = keyof typeof ELEMENT;

/** Size, or a name for a size that is known when the model runs. */
export type Dimension = number | string;
export interface ValueInfo {
  name: string;
  type: ElementType;
  shape: readonly Dimension[];
}
export interface Initializer {
  name: string;
  type: ElementType;
  shape: readonly number[];
  /** Little-endian, row-major, without gaps. */
  data: LazyBytes;
}
/** Attribute value: whole numbers are INT or INTS, `real` is FLOAT. */
export type Attribute = number | readonly number[] | string | { real: number };
export interface Node {
  type: string;
  inputs: readonly string[];
  outputs: readonly string[];
  attributes: Readonly<Record<string, Attribute>>;
}
export interface Graph {
  name: string;
  inputs: readonly ValueInfo[];
  outputs: readonly ValueInfo[];
  /** In topological order. */
  nodes: readonly Node[];
  initializers: readonly Initializer[];
}

/** Encodes a ModelProto; its weights are only read when its chunks are. `metadata`: metadata_props, by name. */
export function model(graph: Graph, metadata: Readonly<Record<string, string>> = {}): LazyBytes[] {
  return [
    new BinaryWriter()
      .tag(1, WireType.Varint)
      .int64(IR_VERSION)
      .tag(2, WireType.LengthDelimited)
      .string('Homegrown')
      .tag(8, WireType.LengthDelimited)
      .fork()
      .tag(2, WireType.Varint)
      .int64(OPSET)
      .join()
      .finish(),
    ...field(7, graphParts(graph)),
    ...Object.entries(metadata).flatMap(([key, value]) =>
      field(14, [...field(1, [utf8(key)]), ...field(2, [utf8(value)])]),
    ),
  ];
}
const OPSET = 20;
/** IR version of ONNX 1.15, which introduced opset 20. */
const IR_VERSION = 9;

const graphParts = ({ name, inputs, outputs, nodes, initializers }: Graph): LazyBytes[] => [
  ...nodes.flatMap((node, i) => field(1, [nodeBytes(node, i)])),
  ...field(2, [utf8(name)]),
  ...initializers.flatMap((initializer) => field(5, initializerParts(initializer))),
  ...inputs.flatMap((value) => field(11, [valueBytes(value)])),
  ...outputs.flatMap((value) => field(12, [valueBytes(value)])),
];

function nodeBytes({ type, inputs, outputs, attributes }: Node, place: number): Uint8Array {
  const writer = new BinaryWriter();
  for (const input of inputs) writer.tag(1, WireType.LengthDelimited).string(input);
  for (const output of outputs) writer.tag(2, WireType.LengthDelimited).string(output);
  writer.tag(3, WireType.LengthDelimited).string(`${type}_${place}`);
  writer.tag(4, WireType.LengthDelimited).string(type);
  for (const [name, value] of Object.entries(attributes)) {
    writeAttribute(writer.tag(5, WireType.LengthDelimited).fork(), name, value);
    writer.join();
  }
  return writer.finish();
}

function writeAttribute(writer: BinaryWriter, name: string, value: Attribute): void {
  writer.tag(1, WireType.LengthDelimited).string(name);
  const kind = (code: number): BinaryWriter => writer.tag(20, WireType.Varint).int32(code);
  if (typeof value === 'number') kind(2).tag(3, WireType.Varint).int64(value);
  else if (typeof value === 'string') kind(3).tag(4, WireType.LengthDelimited).string(value);
  else if ('real' in value) kind(1).tag(2, WireType.Bit32).float(value.real);
  else {
    kind(7);
    for (const one of value) writer.tag(8, WireType.Varint).int64(one);
  }
}

function initializerParts({ name, type, shape, data }: Initializer): LazyBytes[] {
  const writer = new BinaryWriter();
  for (const size of shape) writer.tag(1, WireType.Varint).int64(size);
  writer.tag(2, WireType.Varint).int32(ELEMENT[type]);
  writer.tag(8, WireType.LengthDelimited).string(name);
  return [writer.finish(), ...field(9, [data])];
}

function valueBytes({ name, type, shape }: ValueInfo): Uint8Array {
  const writer = new BinaryWriter();
  const message = (number: number): BinaryWriter => writer.tag(number, WireType.LengthDelimited).fork();
  writer.tag(1, WireType.LengthDelimited).string(name);
  message(2); // TypeProto
  message(1).tag(1, WireType.Varint).int32(ELEMENT[type]); // TypeProto.Tensor
  message(2); // TensorShapeProto
  for (const size of shape) {
    message(1);
    if (typeof size === 'number') writer.tag(1, WireType.Varint).int64(size);
    else writer.tag(2, WireType.LengthDelimited).string(size);
    writer.join();
  }
  return writer.join().join().join().finish();
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
