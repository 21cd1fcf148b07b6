/** The device that models train and write on. */
import type { Failure } from '../../core/base/errors';
import type { DeviceKind } from '../../core/train/run';
import type { DeviceInfo } from '../../protocol/gpu';

export interface DeviceSlice {
  device: { kind: 'opening' } | { kind: 'open'; info: DeviceInfo } | { kind: 'failed'; failure: Failure };
  /** GFLOP/s of each device that was opened in this session. */
  measured: Partial<Record<DeviceKind, number>>;
  useDevice(kind: DeviceKind | 'auto'): Promise<void>;
  /** What a run may take of the memory of the device in use, in bytes, kept for each kind in this browser; undefined = all. */
  allowMemory(bytes: number | undefined): Promise<void>;
}
