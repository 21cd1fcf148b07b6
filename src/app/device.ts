/** The device in words, for the strip, its menu and the palette. */
import { formatBytes, formatNumber } from '../core/base/units';
import type { DeviceKind } from '../core/train/run';
import { estimateProject } from '../state/estimate';
import { isTraining, trainingRun } from '../state/openRun';
import type { StudioStore, Studio } from '../state/slices/studio';

export const KIND_NAME: Record<DeviceKind, string> = { webgpu: 'WebGPU', wasm: 'WASM', cpu: 'CPU' };
const KIND_HINT: Record<DeviceKind, string> = {
  webgpu: 'GPU',
  wasm: 'CPU with SIMD',
  cpu: 'CPU in plain JavaScript',
};

interface DeviceChoice {
  kind: DeviceKind;
  name: string;
  hint: string;
  isChosen: boolean;
}

/** Devices that can be chosen here; all of them until that is known. */
export function deviceChoices({ device, measured }: Pick<Studio, 'device' | 'measured'>): readonly DeviceChoice[] {
  const kinds: readonly DeviceKind[] = device.kind === 'open' ? device.info.choices : ['webgpu', 'wasm', 'cpu'];
  return kinds.map((kind) => {
    const speed = measured[kind];
    return {
      kind,
      name: KIND_NAME[kind],
      hint: speed === undefined ? `${KIND_HINT[kind]}, not measured yet` : `${formatNumber(speed)} GFLOP/s measured`,
      isChosen: device.kind === 'open' && device.info.kind === kind,
    };
  });
}

/** `133 MB planned`: of the run that trains, else of the project's settings. */
export function memoryWords(s: Pick<Studio, 'project' | 'device'> & Parameters<typeof trainingRun>[0]): string {
  const log = trainingRun(s)?.log;
  if (log?.optional.plannedBytes !== undefined) return `${formatBytes(log.optional.plannedBytes)} of memory planned`;
  if (log && log.memoryBytes > 0) return `${formatBytes(log.memoryBytes)} of memory in use`;
  const info = s.device.kind === 'open' ? s.device.info : undefined;
  return `${formatBytes(estimateProject(s.project, info).memory.total)} of memory planned`;
}

/** Changes the device, or says why not now. */
export function chooseDevice(store: StudioStore, kind: DeviceKind): void {
  const studio = store.getState();
  const { writing, toast } = studio;
  if (isTraining(studio)) toast({ text: 'Can’t change the device during training', detail: 'Stop and save first' });
  else if (writing.kind === 'writing') toast({ text: 'Can’t change the device while writing', detail: 'Stop first' });
  else void studio.useDevice(kind);
}
