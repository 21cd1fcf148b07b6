import type { DroppedFile } from '../../ui';

/**
 * Selects files for the importer: those in the folder of the weights nearest the root. A nested folder such as `onnx` may hold
 * another model with its own config.json. Without weights, or for a zip, selects all files.
 */
export function modelFiles(files: readonly DroppedFile[]): File[] {
  const folderOf = (path: string): string => path.split('/').slice(0, -1).join('/');
  const depthOf = (path: string): number => path.split('/').length;
  const weights = files.flatMap(({ path }) => (/\.(safetensors|gguf)$/i.test(path) ? path : []));
  const minDepth = Math.min(...weights.map(depthOf));
  const folders = new Set(weights.filter((path) => depthOf(path) === minDepth).map(folderOf));
  return files.filter(({ path }) => folders.size === 0 || folders.has(folderOf(path))).map(({ file }) => file);
}
