import { expect, test } from 'vitest';
import { rateFlag } from './learningRate';

test('the flag says that other optimizers have their own default', () => {
  const { help, otherwise } = rateFlag();
  expect(help).toBe('Learning rate, at its peak; other optimizers than adamw have their own default');
  expect(otherwise).toBe('0.001');
});
