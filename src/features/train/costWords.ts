import { formatBytes, formatReading, formatShare } from '../../core/base/units';
import type { StepEvent } from '../../core/train/stepValues';
import type { DeviceInfo } from '../../protocol/gpu';

interface StepCost extends Pick<StepEvent, 'plannedBytes' | 'encodeMs' | 'gpuMs'> {
  stepMs: number;
  /** Share of the device's measured matrix throughput, at most 1. */
  share: number;
  usedBytes: number;
}

/** `A step takes 33 ms: 1.2 ms to encode, 28 ms on the GPU. 31 % of this GPU’s measured matrix throughput. …` */
export function costWords(
  { stepMs, share, usedBytes, encodeMs, gpuMs, plannedBytes }: StepCost,
  { kind }: Pick<DeviceInfo, 'kind'>,
): string {
  const parts: string[] = [];
  if (encodeMs !== undefined) parts.push(`${formatReading(encodeMs)} ms to encode`);
  if (gpuMs !== undefined) parts.push(`${formatReading(gpuMs)} ms on the GPU`);
  else if (encodeMs !== undefined) parts.push('no GPU timing');
  const isGpu = kind === 'webgpu';
  const memory = `${formatBytes(usedBytes)} ${isGpu ? 'of GPU memory' : 'of memory'} in use`;
  return [
    `A step takes ${formatReading(stepMs)} ms${parts.length > 0 ? `: ${parts.join(', ')}` : ''}.`,
    `${share < 1 ? `${formatShare(share)} of` : 'At'} this ${isGpu ? 'GPU' : 'device'}’s measured matrix throughput.`,
    `${memory}${plannedBytes === undefined ? '' : `, ${formatBytes(plannedBytes)} planned`}.`,
  ].join(' ');
}
