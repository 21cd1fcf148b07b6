import { expect, test } from 'vitest';
import { nameWithin } from './deviceName';

test('a device name that is not a proper name is lowercase within a sentence', () => {
  expect([{ name: 'This processor' }, { name: 'Apple M2' }, undefined].map(nameWithin)).toEqual([
    'this processor',
    'Apple M2',
    'this device',
  ]);
});
