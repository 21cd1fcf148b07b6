import { badFile } from '../core/base/errors';
import type { ByteSource } from '../core/checkpoint/byteSource';
import type { FormatId } from '../core/export/formats';
import { openZip } from '../core/export/unzip';
import type { ModelChoice } from '../core/models/network';
import type { SecondEngine } from '../core/verify/compare';
import { blobSource } from './blobSource';
import { ggufIn } from './ggufIn';
import { embeddedIn, folderIn, safetensorsIn, type Written } from './written';

/** What opens a format's file here. What it needs is loaded now, from our own origin. */
export async function secondEngine(file: Blob, format: FormatId, model: ModelChoice): Promise<SecondEngine> {
  switch (format) {
    case 'gguf-f32':
    case 'gguf-f16':
    case 'gguf-q8_0':
      return onPage(await ggufIn(blobSource(file)));
    case 'service':
      return onPage(await ggufIn(await entry(file, /\.gguf$/)));
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

const onPage = async (written: Written): Promise<SecondEngine> => (await import('./pageEngine')).pageEngine(written);

async function entry(zip: Blob, name: RegExp): Promise<ByteSource> {
  const found = [...(await openZip(blobSource(zip), 'The zip'))].find(([path]) => name.test(path));
  if (!found) throw badFile(`The zip holds no ${name.source}`);
  return found[1];
}
