/** Device for training and generation. */
import type { Failure } from '../../core/base/errors';
import type { DeviceKind } from '../../core/train/run';
import type { DeviceInfo } from '../../protocol/gpu';

export interface DeviceSlice {
  device: { kind: 'opening' } | { kind: 'open'; info: DeviceInfo } | { kind: 'failed'; failure: Failure };
  /** GFLOP/s of each device opened in this session. */
  measured: Partial<Record<DeviceKind, number>>;
  useDevice(kind: DeviceKind | 'auto'): Promise<void>;
  /** Sets the maximum bytes of a run on the current device, saved per kind in this browser; undefined = all. */
  allowMemory(bytes: number | undefined): Promise<void>;
}
