/** Files dropped anywhere, or chosen on Text: a model goes to the importer, other files to the texts. */
import { useEffect, useEffectEvent } from 'react';
import { modelFiles } from '../features/export/modelFiles';
import type { DroppedFile } from '../ui';
import { filesOfDrop } from '../ui/droppedFiles';
import type { StudioStore } from '../state/slices/studio';

/** Takes drops on pages that have no drop zone of their own. */
export function useWindowDrop(
  take: (files: DroppedFile[]) => void,
  refuse: (detail: string) => void,
  hasOwnZone: () => boolean,
): void {
  const onTake = useEffectEvent(take);
  const onRefused = useEffectEvent((error: unknown) => refuse(error instanceof Error ? error.message : String(error)));
  const isOwn = useEffectEvent(hasOwnZone);
  useEffect(() => {
    const onOver = (event: DragEvent): void => {
      if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
    };
    const onDrop = (event: DragEvent): void => {
      const { dataTransfer } = event;
      if (!dataTransfer?.types.includes('Files')) return;
      if (isOwn()) return;
      event.preventDefault();
      filesOfDrop(dataTransfer, onRefused).then(onTake, onRefused);
    };
    addEventListener('dragover', onOver);
    addEventListener('drop', onDrop);
    return () => {
      removeEventListener('dragover', onOver);
      removeEventListener('drop', onDrop);
    };
  }, []);
}

/** Passes files to their receiver. Returns the page that shows the outcome. */
export async function receive(store: StudioStore, dropped: readonly DroppedFile[]): Promise<'text' | 'export'> {
  const { addFiles, importModel } = store.getState();
  if (await isModel(dropped)) {
    void importModel(modelFiles(dropped));
    return 'export';
  }
  void addFiles(dropped.map(({ file, path }) => ({ file, name: path })));
  return 'text';
}

/** Importable weights. */
const WEIGHTS = /\.(safetensors|gguf)$/i;
/**
 * Weights that can't be imported; the importer lists the formats that can. Deep in a folder of texts they are
 * ignored.
 */
const OTHERS = /^([^/]+\/)?[^/]+\.(onnx|pth?|ckpt|h5|hdf5|keras)$/i;

async function isModel(dropped: readonly DroppedFile[]): Promise<boolean> {
  if (dropped.some(({ path }) => WEIGHTS.test(path) || OTHERS.test(path))) return true;
  const [only] = dropped;
  return dropped.length === 1 && only !== undefined && /\.zip$/i.test(only.file.name) && (await listsModel(only.file));
}

/** Checks the name list of a zip, which is at its end; for a model's few files, within the last 64 kB. */
async function listsModel(zip: File): Promise<boolean> {
  const end = new TextDecoder('latin1').decode(await zip.slice(-65_536).arrayBuffer());
  return /\.(safetensors|onnx|gguf)\b/.test(end);
}
