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
  const onFiles = useEffectEvent(take);
  const onRefused = useEffectEvent((error: unknown) => refuse(error instanceof Error ? error.message : String(error)));
  const pageTakesDrops = useEffectEvent(hasOwnZone);
  useEffect(() => {
    const onOver = (event: DragEvent): void => {
      if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
    };
    const onDrop = (event: DragEvent): void => {
      const { dataTransfer } = event;
      if (!dataTransfer?.types.includes('Files')) return;
      if (pageTakesDrops()) return;
      event.preventDefault();
      filesOfDrop(dataTransfer, onRefused).then(onFiles, onRefused);
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
const UNSUPPORTED_WEIGHTS = /^([^/]+\/)?[^/]+\.(onnx|pth?|ckpt|h5|hdf5|keras)$/i;

async function isModel(dropped: readonly DroppedFile[]): Promise<boolean> {
  if (dropped.some(({ path }) => WEIGHTS.test(path) || UNSUPPORTED_WEIGHTS.test(path))) return true;
  const [first] = dropped;
  return (
    dropped.length === 1 && first !== undefined && /\.zip$/i.test(first.file.name) && (await listsModel(first.file))
  );
}

/** Checks the name list of a zip, which is at its end; for a model's few files, within the last 64 kB. */
async function listsModel(zip: File): Promise<boolean> {
  const end = new TextDecoder('latin1').decode(await zip.slice(-65_536).arrayBuffer());
  return /\.(safetensors|onnx|gguf)\b/.test(end);
}
