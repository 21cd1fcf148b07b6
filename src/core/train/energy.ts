/** Estimates the energy of training and its cost in US dollars; a page can't measure it. */
import { formatNumber } from '../base/units';
import type { DeviceKind } from './run';

/** Power of a machine under full load minus its idle power, and the price of electricity. */
export interface Power {
  /** Undefined: the value assumed for the kind of device. */
  watts?: number | undefined;
  /** US dollars per kilowatt-hour. */
  price: number;
}

export interface Energy {
  wattHours: number;
  /** US dollars. */
  cost: number;
  watts: number;
}

/**
 * A laptop's processor with all cores busy, and an integrated or small discrete GPU: makers' sustained limits
 * (Intel's and AMD's U and H series 15 to 45 W, Apple's M1 to M4 20 to 40 W, mobile RTX 35 to 115 W).
 */
export const ASSUMED_WATTS: Readonly<Record<DeviceKind, number>> = { webgpu: 40, wasm: 30, cpu: 15 };

/** US dollars per kWh for households in the European Union, rounded (Eurostat nrg_pc_204, 2024: 0.29 euros). */
export const ASSUMED_PRICE = 0.3;

export function energyOf(
  seconds: number,
  kind: DeviceKind,
  { watts = ASSUMED_WATTS[kind], price }: Power = { price: ASSUMED_PRICE },
): Energy {
  const wattHours = (watts * seconds) / 3600;
  return { wattHours, cost: (wattHours / 1000) * price, watts };
}

/** Kind of device from its recorded name: `Apple M2, WebGPU`, `This processor, WASM`, `WASM`. */
export function deviceKindOf(name: string): DeviceKind {
  if (/\bwebgpu$/i.test(name)) return 'webgpu';
  return /\bwasm$/i.test(name) ? 'wasm' : 'cpu';
}

/** `12 Wh`: two significant digits, because the power is assumed. */
export const wattHoursWords = ({ wattHours }: Pick<Energy, 'wattHours'>): string => `${twoDigits(wattHours)} Wh`;

/** `$0.04`, or `less than $0.01`. */
export const costWords = ({ cost }: Pick<Energy, 'cost'>): string =>
  cost > 0 && cost < 0.01 ? 'less than $0.01' : dollars(Number(cost.toPrecision(2)));

/** `$0.30 per kWh`, `$0.075 per kWh` */
export const priceWords = (price: number): string => `${dollars(price, 4)} per kWh`;

/** Shows cents below $100, and up to `max` decimals if the amount has them. */
function dollars(amount: number, max = 2): string {
  const digits = amount === 0 || amount >= 100 ? 0 : 2;
  const decimals = { minimumFractionDigits: digits, maximumFractionDigits: Math.max(digits, max) };
  return `$${amount.toLocaleString('en-US', decimals)}`;
}

const twoDigits = (x: number): string => formatNumber(Number(x.toPrecision(2)));
