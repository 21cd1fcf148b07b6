import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatExact, judge, parseNumber, stepNumber } from './numbers';

describe('parseNumber', () => {
  it.each([
    ['4', 4],
    ['-0.5', -0.5],
    ['1e-3', 0.001],
    ['2.5e2', 250],
  ])('reads %s', (text, value) => expect(parseNumber(text)).toBe(value));

  it.each([
    '',
    ' 4',
    '+4',
    '.5',
    '4.',
    '4,000',
    '1e',
    '1E3',
    '1e+3',
    '0x10',
    'NaN',
    'Infinity',
    '1e999',
    '−4',
    '4 000',
  ])('refuses %j', (text) => expect(parseNumber(text)).toBeUndefined());

  it('reads back what a field shows while it is edited', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e15, max: 1e15, noNaN: true }), (value) => {
        expect(parseNumber(String(value))).toBe(value === 0 ? Number(String(value)) : value);
      }),
    );
  });
});

describe('judge', () => {
  it('names the value and the bound', () => {
    expect(judge('30', { max: 24 })).toEqual({ kind: 'bad', words: '30 is above the maximum, 24', nearest: 24 });
    expect(judge('0', { min: 1 })).toEqual({ kind: 'bad', words: '0 is below the minimum, 1', nearest: 1 });
  });
  it('asks for whole numbers in counts', () => {
    expect(judge('4.5', { isWhole: true, max: 4 })).toMatchObject({ kind: 'bad', nearest: 4 });
  });
  it('has no nearest value for text that is not a number', () => {
    const verdict = judge('four', {});
    expect(verdict.kind).toBe('bad');
    expect(verdict).not.toHaveProperty('nearest');
  });
  it.each([
    ['0,001', false, 0.001, '0.001'],
    ['.003', false, 0.003, '0.003'],
    ['-.5', false, -0.5, '−0.5'],
    ['1,5', false, 1.5, '1.5'],
    ['−4', false, -4, '−4'],
    ['4,000', true, 4000, '4,000'],
    ['1,234,567', false, 1_234_567, '1,234,567'],
    ['1,234.5', false, 1234.5, '1,234.5'],
  ])('reads %j, whole %j, and shows how it was read', (text, isWhole, value, readAs) =>
    expect(judge(text, { isWhole })).toEqual({ kind: 'good', value, readAs }),
  );
  it('does not guess which of two numbers is meant', () => {
    expect(judge('1,234', {})).toEqual({
      kind: 'bad',
      words: '“1,234” is ambiguous; write 4, 0.001 or 1e-3',
    });
    for (const text of ['1.234,5', '1,,2', ',5', '1,2,3']) expect(judge(text, {})).toMatchObject({ kind: 'bad' });
    expect(judge('1,2', { isWhole: true })).toMatchObject({ kind: 'bad', nearest: 1 });
  });
  it('ignores spaces around a number', () => expect(judge(' 4 ', {})).toEqual({ kind: 'good', value: 4 }));
});

describe('stepNumber', () => {
  it('leaves no floating-point noise', () => expect(stepNumber(0.1, 0.1, 2, {})).toBe(0.3));
  it('stays inside the bounds', () => expect(stepNumber(23, 1, 10, { max: 24 })).toBe(24));
  it('moves whole numbers by at least one', () => expect(stepNumber(4, 1, 0.1, { isWhole: true })).toBe(5));
  it('keeps whole numbers whole, also downwards', () => expect(stepNumber(4, 1, -0.1, { isWhole: true })).toBe(3));
});

describe('formatExact', () => {
  it.each([
    [4000, '4,000'],
    [0.001, '0.001'],
    [-0.2, '−0.2'],
    [1e-7, '1e-7'],
    [1e15, '1.00e15'],
    [3.456e300, '3.46e300'],
    [NaN, '–'],
    [Infinity, '–'],
  ])('formatExact(%d)', (value, text) => expect(formatExact(value)).toBe(text));
});
