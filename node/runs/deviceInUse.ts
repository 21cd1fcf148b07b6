/** The device that a run uses. A trial may change it, and the planner asks for it later. */
import { HomegrownError } from '../../src/core/base/errors';
import type { Device } from '../../src/core/train/device';
import type { DeviceKind } from '../../src/core/train/run';

/** Opens devices for this program. */
export interface Devices {
  open(kind: DeviceKind | 'auto'): Promise<Device>;
  /** Name of the GPU adapter if it is software; null for a GPU, or without an adapter. */
  softwareAdapter(): Promise<string | null>;
}

export class DeviceInUse {
  private opened: Device | undefined;

  constructor(readonly devices: Devices) {}

  get current(): Device {
    if (!this.opened) throw new HomegrownError('bug', 'No device is open');
    return this.opened;
  }

  set current(device: Device) {
    this.opened = device;
  }
}
