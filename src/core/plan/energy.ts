/** What a run takes from the socket, and what that costs: from an assumption, for no page can measure it. */
import type { DeviceKind } from '../train/run';

/** Watts of a machine at full work, less what it takes anyway, and a price. */
export interface Power {
  /** Undefined: as is assumed of the kind of device. */
  watts?: number;
  /** Of a kilowatt-hour, in any currency. */
  price: number;
}

/**
 * A laptop's processor with all cores busy, and a GPU that is part of one or a small one beside it: makers' sustained limits
 * (Intel's and AMD's U and H series 15 to 45 W, Apple's M1 to M4 20 to 40 W, mobile RTX 35 to 115 W).
 */
export const ASSUMED_WATTS: Readonly<Record<DeviceKind, number>> = { webgpu: 40, wasm: 30, cpu: 15 };

/** Of the European Union's households, in euros, rounded (Eurostat nrg_pc_204, 2024: 0.29). */
export const ASSUMED_PRICE = 0.3;

export function energyOf(
  seconds: number,
  kind: DeviceKind,
  { watts = ASSUMED_WATTS[kind], price }: Power,
): { wattHours: number; cost: number; watts: number } {
  const wattHours = (watts * seconds) / 3600;
  return { wattHours, cost: (wattHours / 1000) * price, watts };
}
