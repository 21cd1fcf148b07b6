/** The device that a run uses. A trial may change it, and the planner asks for it later. */
import { HomegrownError } from '../src/core/base/errors';
import type { Device } from '../src/core/train/device';

export class DeviceInUse {
  private opened: Device | undefined;

  get current(): Device {
    if (!this.opened) throw new HomegrownError('bug', 'No device is open');
    return this.opened;
  }

  set current(device: Device) {
    this.opened = device;
  }
}
