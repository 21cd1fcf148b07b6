import { expect, test } from 'vitest';
import { OPTIONS } from './growOptions';

test('--learning-rate says that other optimizers have their own default', () => {
  const { help, otherwise } = OPTIONS['learning-rate'];
  expect(help).toBe('Learning rate, at its peak; other optimizers than adamw have their own default');
  expect(otherwise).toBe('0.001');
});
