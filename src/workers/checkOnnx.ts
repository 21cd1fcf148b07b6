/** Checks the tensors of an ONNX file against its hash. https://github.com/onnx/onnx/blob/v1.15.0/onnx/onnx.proto3 */
import { BinaryReader } from '@bufbuild/protobuf/wire';
import { createSHA256 } from 'hash-wasm';
import { compareHash } from '../core/verify/compareHash';

/** @throws HomegrownError `bad-file` if the hash in the metadata isn't the initializers' hash */
export async function checkOnnx(file: Uint8Array): Promise<void> {
  const hash = await createSHA256();
  hash.init();
  let storedHash: string | undefined;
  for (const [field, value] of fieldsOf(file)) {
    // ModelProto: graph 7, metadata_props 14. GraphProto: initializer 5. TensorProto: raw_data 9.
    if (field === 7) {
      for (const [part, tensor] of fieldsOf(value)) {
        if (part === 5) for (const [piece, data] of fieldsOf(tensor)) if (piece === 9) hash.update(data);
      }
    }
    if (field === 14) {
      const [key, text] = [...fieldsOf(value)].map(([, bytes]) => new TextDecoder().decode(bytes));
      if (key === 'homegrown.tensors.sha256') storedHash = text;
    }
  }
  compareHash(hash.digest(), storedHash);
}

/** Yields the length-delimited fields (wire type 2) of a protobuf message, with their numbers. */
function* fieldsOf(message: Uint8Array): Generator<readonly [field: number, bytes: Uint8Array]> {
  const reader = new BinaryReader(message);
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if ((type as number) === 2) yield [field, reader.bytes()];
    else reader.skip(type);
  }
}
