import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatCount,
  counted,
  formatAgo,
  formatDuration,
  formatNumber,
  formatReading,
  formatShare,
  formatShort,
} from './units';

const table = (format: (x: number) => string, rows: readonly (readonly [number, string])[]): void => {
  it.each(rows)('%s', (value, text) => expect(format(value)).toBe(text));
};

describe('formatCount', () => {
  table(formatCount, [
    [0, '0'],
    [999, '999'],
    [2600, '2,600'],
    [1234567, '1,234,567'],
    [-12, '−12'],
    [-0.2, '0'],
    [NaN, '–'],
  ]);
});
describe('formatNumber', () => {
  table(formatNumber, [
    [0, '0'],
    [5.0512, '5.05'],
    [5, '5'],
    [9.999, '10'],
    [99.96, '100'],
    [999.6, '1,000'],
    [1234.5, '1,235'],
    [0.01234, '0.0123'],
    [0.001, '0.001'],
    [0.000344, '0.000344'],
    [0.000012, '1.2 × 10⁻⁵'],
    [-3.14159, '−3.14'],
    [1e21, '1 × 10²¹'],
    [Infinity, '–'],
  ]);
});
describe('formatReading', () => {
  table(formatReading, [
    [0, '0.00'],
    [5.1, '5.10'],
    [9.999, '10.0'],
    [0.1, '0.100'],
    [1234.5, '1,235'],
  ]);
});
describe('formatShort', () => {
  table(formatShort, [
    [980, '980'],
    [999.7, '1 k'],
    [4096, '4.1 k'],
    [1_212_000, '1.21 M'],
    [999_999, '1 M'],
    [26_300_000_000, '26.3 B'],
    [5e15, '5,000 T'],
  ]);
});
describe('formatBytes', () => {
  table(formatBytes, [
    [0, '0 bytes'],
    [1, '1 byte'],
    [512, '512 bytes'],
    [26_312_000, '26.3 MB'],
    [1_000_000_000, '1 GB'],
  ]);
});
describe('formatShare', () => {
  table(formatShare, [
    [0.1234, '12.3 %'],
    [1, '100 %'],
    [0.1 + 0.2 + 0.7, '100 %'],
    [0.9994, '99.9 %'],
    [0.99965, '>99.9 %'],
    [0.000352, '0.0352 %'],
    [-0.05, '−5 %'],
  ]);
});
it('formats times in the past, and counts', () => {
  expect([0, 526, 999, 1000, 140_000].map(formatAgo)).toEqual([
    'just now',
    'just now',
    'just now',
    '1 s ago',
    '2 min 20 s ago',
  ]);
  expect([counted(1, 'layer'), counted(4000, 'layer'), counted(2, 'entry', 'entries')]).toEqual([
    '1 layer',
    '4,000 layers',
    '2 entries',
  ]);
});
describe('formatDuration', () => {
  table(formatDuration, [
    [0, '0 ms'],
    [420.4, '420 ms'],
    [999.9, '1 s'],
    [4210, '4.2 s'],
    [9960, '10 s'],
    [59_700, '1 min'],
    [140_000, '2 min 20 s'],
    [3_600_000, '1 h'],
    [11_100_000, '3 h 5 min'],
    [187_200_000, '2 d 4 h'],
    [700 * 86_400_000, '700 d'],
    [4.1e6 * 86_400_000, '11.2 k years'],
    [6.17e17, '19.6 M years'],
  ]);
});
