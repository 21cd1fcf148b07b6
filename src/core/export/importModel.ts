/** Opens and imports models of all supported formats. */
import type { Job } from '../base/job';
import { adapterAlone, type Found, type GivenFile, openFiles } from './importFolder';
import { openGgufModel } from './formats/gguf/import';
import { openHuggingFace } from './formats/huggingFace/import';
import type { ImportedModel, Incoming } from './incoming';

/**
 * @param files a GGUF file, a zip, or the files of a folder; skips files that aren't needed
 * @throws HomegrownError `bad-file` naming file, place and reason
 */
export async function openModel(files: readonly GivenFile[]): Promise<Incoming> {
  return openFound(await openFiles(files));
}

/** Opens found files. @throws HomegrownError `bad-file`, also for an adapter alone */
export async function openFound(found: Found): Promise<Incoming> {
  if (found.kind === 'adapter') throw adapterAlone();
  return found.kind === 'folder' ? openHuggingFace(found.folder) : openGgufModel(found.source, found.name);
}

/** Opens and reads a model. */
export async function importModel(files: readonly GivenFile[], job: Job): Promise<ImportedModel> {
  const incoming = await openModel(files);
  const model = await incoming.read(job);
  return incoming.info ? model : { ...model, stated: incoming.stated };
}
