import { expect, test } from 'vitest';
import { costWords, deviceKindOf, energyOf, priceWords, wattHoursWords } from './energy';

test('energy is power times time, and its cost is per kilowatt-hour', () => {
  const hour = energyOf(3600, 'webgpu', { watts: 250, price: 0.4 });
  expect(hour).toEqual({ wattHours: 250, cost: 0.1, watts: 250 });
  expect([wattHoursWords(hour), costWords(hour)]).toEqual(['250 Wh', '$0.10']);
  const short = energyOf(90, 'wasm', { price: 0.3 });
  expect(short.watts).toBe(30);
  expect([wattHoursWords(short), costWords(short)]).toEqual(['0.75 Wh', 'less than $0.01']);
  expect(costWords(energyOf(0, 'cpu'))).toBe('$0');
  expect(priceWords(0.075)).toBe('$0.075 per kWh');
  expect([costWords({ cost: 1234 }), priceWords(0.3), priceWords(4.5)]).toEqual([
    '$1,200',
    '$0.30 per kWh',
    '$4.50 per kWh',
  ]);
});

test('derives the kind from a recorded device name, in the app and in the terminal', () => {
  const kinds = ['Apple M2, WebGPU', 'This processor, WASM', 'WASM', 'CPU', 'This processor, CPU'].map(deviceKindOf);
  expect(kinds).toEqual(['webgpu', 'wasm', 'wasm', 'cpu', 'cpu']);
});
