import { expect, test } from 'vitest';
import { newClasses } from './classes';

test('a new classifier scores its labels in sorted order, by the default pooling of its architecture', () => {
  const bert = { id: 'bert' } as const;
  expect(newClasses(bert, ['spam', 'ham'], {})).toEqual({ labels: ['ham', 'spam'], pooling: 'first' });
  expect(newClasses({ id: 'gpt' }, ['b', 'a'], { pooling: null, several: false })).toEqual({
    labels: ['a', 'b'],
    pooling: 'last',
  });
  expect(newClasses(bert, ['a'], { pooling: 'mean', several: true, inWindows: true })).toEqual({
    labels: ['a'],
    pooling: 'mean',
    several: true,
    inWindows: true,
  });
});

test('an encoder-decoder is refused with the architectures that classify', () => {
  expect(() => newClasses({ id: 't5' }, ['a', 'b'], { pooling: 'first' })).toThrow(
    expect.objectContaining({
      message: "A T5 model can't classify texts.",
      remedy: expect.stringMatching(/^Nothing was started\. Choose a GPT, Llama or BERT model/) as string,
    }),
  );
});
