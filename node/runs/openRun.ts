/** Opens a run: what it starts from, its settings, its files, its folder and its device. */
import type { Normalizer } from '../../src/core/base/normalizer';
import type { Recipe as CleaningRecipe } from '../../src/core/documents/clean/recipe';
import type { DeviceKind } from '../../src/core/train/run';
import { GROWN_FILES } from '../folders/listed';
import { normalizersBy, recipeByName } from '../folders/recipe';
import type { SavedRun } from '../folders/savedRun';
import type { Saves } from '../folders/saves';
import { checkOutFolder } from '../folders/write';
import type { OpenedFile } from '../sources';
import { filesToRead } from '../texts/filesToRead';
import { DeviceInUse, type Devices } from './deviceInUse';
import { memoryLimitsWithin } from './memoryLimitsWithin';
import { chosenObjective } from './newRecipe';
import { Planner } from './planner';
import { examplesOf, openOrigin, type RunOrigin } from './runOrigin';
import type { RunRequest } from './runRequest';
import { RunSettings } from './runSettings';
import { leftOf } from './timeBudget';

/** Place where a run is saved. */
interface RunFolder {
  saves: Saves;
  /** The saved run that it resumes. */
  past: SavedRun | null;
  /** Whether it resumes in its own folder. */
  isInPlace: boolean;
}

/** A run that is ready to read its text. */
export interface OpenedRun extends RunFolder {
  request: RunRequest;
  origin: RunOrigin;
  /** Null if a person, a model or a saved run sets the sizes. */
  planner: Planner | null;
  settings: RunSettings;
  files: readonly OpenedFile[];
  /** Recipe that cleans the text, and the normalizers that the tokenizer takes over from it. */
  cleaning: CleaningRecipe;
  normalizers: readonly Normalizer[];
  device: DeviceInUse;
  /** Whether a faster device may be chosen. */
  isAuto: boolean;
}

/** @throws HomegrownError if settings can't be trained, a file is missing, or the folder would overwrite one of them */
export async function openRun(
  request: RunRequest,
  folder: RunFolder,
  kind: DeviceKind | 'auto',
  devices: Devices,
): Promise<OpenedRun> {
  const origin = await openOrigin(request, folder.past);
  const device = new DeviceInUse(devices);
  const planner = plannerOf(request, origin, device);
  const settings = new RunSettings(request, origin, planner);
  const cleaning = folder.past?.recipe ?? (await recipeByName(request.cleaning));
  const normalizers = await normalizersBy(cleaning, request.files.data);
  if (!planner) settings.check(settings.smallestModel);
  const files = await openFiles(request, origin, folder);
  device.current = await devices.open(kind);
  const opened = { ...folder, request, origin, planner, settings, files, cleaning, normalizers, device };
  return { ...opened, isAuto: kind === 'auto' };
}

function plannerOf(request: RunRequest, { start }: RunOrigin, device: DeviceInUse): Planner | null {
  const { minutes, memory, model, split } = request;
  if (!request.isPlanned || minutes === undefined || start || !model) return null;
  return new Planner({
    model: model.id,
    objective: chosenObjective(request, model),
    held: split.validation + split.test,
    kind: () => device.current.kind,
    limits: () => memoryLimitsWithin(memory),
    left: () => leftOf(minutes),
  });
}

async function openFiles(
  request: RunRequest,
  origin: RunOrigin,
  { saves, isInPlace }: RunFolder,
): Promise<readonly OpenedFile[]> {
  const examples = examplesOf(request, origin);
  const files = examples ? [] : await filesToRead(request.files, origin.past);
  const paths = (examples?.files ?? files).map(({ path }) => path);
  const model = request.from ?? (isInPlace ? undefined : request.resume);
  const inputs = [...paths, ...[model, origin.tuned?.from].filter((path) => path !== undefined)];
  saves.since = await checkOutFolder(saves.out, inputs, GROWN_FILES);
  return files;
}
