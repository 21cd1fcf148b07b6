import type { DroppedFile } from '../../ui';

/**
 * What the importer is given of a folder: the files beside the uppermost weights. A model's folder may hold another one,
 * such as `onnx` with a config.json of its own. Files without weights are all given, and so is a zip.
 */
export function modelFiles(files: readonly DroppedFile[]): File[] {
  const folderOf = (path: string): string => path.split('/').slice(0, -1).join('/');
  const depthOf = (path: string): number => path.split('/').length;
  const weights = files.flatMap(({ path }) => (/\.(safetensors|gguf)$/i.test(path) ? path : []));
  const top = Math.min(...weights.map(depthOf));
  const folders = new Set(weights.filter((path) => depthOf(path) === top).map(folderOf));
  return files.filter(({ path }) => folders.size === 0 || folders.has(folderOf(path))).map(({ file }) => file);
}
