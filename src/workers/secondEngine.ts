import { badFile } from '../core/base/errors';
import type { ByteSource } from '../core/checkpoint/byteSource';
import type { FormatId } from '../core/export/formats';
import { openZip } from '../core/export/unzip';
import type { ModelChoice } from '../core/models/network';
import type { SecondEngine } from '../core/verify/compare';
import { blobSource } from './blobSource';
import { embeddedIn, folderIn, safetensorsIn, type Written } from './written';

/** What opens a format's file here. What it needs is loaded now, from our own origin. */
export async function secondEngine(file: Blob, format: FormatId, model: ModelChoice): Promise<SecondEngine> {
  switch (format) {
    case 'gguf-f32':
    case 'gguf-f16':
    case 'gguf-q8_0':
      return onLlama(file, model);
    case 'service':
      return onLlama(await whole(await entry(file, /\.gguf$/)), model);
    case 'onnx-f32':
    case 'onnx-f16': {
      const { onnxruntime } = await import('./onnxruntime');
      const source = await entry(file, /\.onnx$/);
      return onnxruntime(await source.read(0, source.size), model);
    }
    case 'hf':
      return onPage(await folderIn(await openZip(blobSource(file), 'The zip'), ''));
    case 'pytorch':
      return onPage(await folderIn(await openZip(blobSource(file), 'The zip'), 'model/'));
    case 'safetensors':
      return onPage({ model, weights: await safetensorsIn(blobSource(file)) });
    case 'html':
      return onPage(await embeddedIn(blobSource(file)));
    default:
      return format satisfies never;
  }
}

const onLlama = async (file: Blob, { config }: ModelChoice): Promise<SecondEngine> =>
  (await import('./llama')).llama(file, config.context);
const onPage = async (written: Written): Promise<SecondEngine> => (await import('./pageEngine')).pageEngine(written);

async function entry(zip: Blob, name: RegExp): Promise<ByteSource> {
  const found = [...(await openZip(blobSource(zip), 'The zip'))].find(([path]) => name.test(path));
  if (!found) throw badFile(`The zip holds no ${name.source}`);
  return found[1];
}

/** In pieces, each a blob of its own, which the browser may move out of memory. */
async function whole(source: ByteSource): Promise<Blob> {
  const parts: Blob[] = [];
  for (let at = 0; at < source.size; at += PIECE) {
    const bytes = await source.read(at, Math.min(PIECE, source.size - at));
    parts.push(new Blob([bytes as Uint8Array<ArrayBuffer>]));
  }
  return new Blob(parts);
}
const PIECE = 2 ** 22;
