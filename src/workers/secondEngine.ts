import { badFile } from '../core/base/errors';
import type { ByteSource } from '../core/checkpoint/byteSource';
import type { FormatId } from '../core/export/formats';
import { openZip } from '../core/export/unzip';
import type { ModelChoice } from '../core/models/network';
import type { SecondEngine } from '../core/verify/compare';
import { refusal } from '../core/verify/refusal';
import { blobSource } from './blobSource';
import { ggufIn, openGguf } from './ggufIn';
import { checkOnnx } from './onnxIn';
import { notLoaded } from './ownFile';
import { pageEngine } from './pageEngine';
import { embeddedIn, folderIn, safetensorsIn } from './written';

/**
 * What opens a format's file here. What it needs is loaded now, from our own origin.
 * @throws HomegrownError `load-failed` where that fails, `bad-file` where it refuses the file, `out-of-memory`
 */
export async function secondEngine(file: Blob, format: FormatId, model: ModelChoice): Promise<SecondEngine> {
  try {
    return await opened(file, format, model);
  } catch (error) {
    throw refusal(error);
  }
}

async function opened(file: Blob, format: FormatId, model: ModelChoice): Promise<SecondEngine> {
  switch (format) {
    case 'gguf-f32':
    case 'gguf-f16':
    case 'gguf-q8_0':
      return gguf(blobSource(file), model);
    case 'service':
      return gguf(await entry(file, /\.gguf$/), model);
    case 'onnx-f32':
    case 'onnx-f16': {
      const { onnxruntime } = await import('./onnxruntime').catch(() => {
        throw notLoaded('onnxruntime');
      });
      const source = await entry(file, /\.onnx$/);
      const bytes = await source.read(0, source.size);
      await checkOnnx(bytes);
      return onnxruntime(bytes, model);
    }
    case 'hf':
      return pageEngine(await folderIn(await openZip(blobSource(file), 'The zip'), ''));
    case 'pytorch':
      return pageEngine(await folderIn(await openZip(blobSource(file), 'The zip'), 'model/'));
    case 'safetensors':
      return pageEngine({ model, weights: await safetensorsIn(blobSource(file)) });
    case 'html':
      return pageEngine(await embeddedIn(blobSource(file)));
    default:
      return format satisfies never;
  }
}

/** llama.cpp's build has addresses of 64 bits, which Safari does not know: there, our own reader opens the file. */
async function gguf(source: ByteSource, model: ModelChoice): Promise<SecondEngine> {
  const bytes = await source.read(0, source.size);
  const file = await openGguf(bytes);
  if (!WebAssembly.validate(MEMORY64)) return pageEngine(ggufIn(file));
  const { llama } = await import('./llama').catch(() => {
    throw notLoaded('llama.cpp');
  });
  return llama(bytes, model);
}
/** A module with nothing but a memory with addresses of 64 bits. */
const MEMORY64 = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 5, 3, 1, 4, 1);

async function entry(zip: Blob, name: RegExp): Promise<ByteSource> {
  const found = [...(await openZip(blobSource(zip), 'The zip'))].find(([path]) => name.test(path));
  if (!found) throw badFile(`The zip holds no ${name.source}`);
  return found[1];
}
