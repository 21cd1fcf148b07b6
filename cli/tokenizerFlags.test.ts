import { describe, expect, test } from 'vitest';
import { UsageError } from './options';
import { tokenizerSettings } from './tokenizerFlags';

test('a tokenizer and its special tokens', () => {
  expect(tokenizerSettings('bytes', '')).toEqual({ kind: 'bytes', vocabulary: 0, roles: [] });
  expect(tokenizerSettings('bpe:4096', 'mask,sentinel:2')).toEqual({
    kind: 'bpe',
    vocabulary: 4096,
    roles: ['mask', 'sentinel', 'sentinel'],
  });
  expect(tokenizerSettings('characters', 'sentinel,user').roles).toEqual(['sentinel', 'user']);
});

describe('refuses', () => {
  test.each([
    ['words', '', /--tokenizer must be characters, bytes/],
    ['bpe:256', '', /--tokenizer must be/],
    ...['mask:2', 'words', 'end', 'mask,,user', 'sentinel:0', 'sentinel:10000', ' mask', '__proto__'].map(
      (special) => ['bytes', special, /--special must be any of padding,mask,separator,sentinel:8,system/] as const,
    ),
    ['bytes', 'user,user', /one user turn token, but two are given/],
    ['bpe:264', 'sentinel:8', /too small for 9 special tokens. Use bpe:265/],
  ] as const)('%s with %s', (tokenizer, special, words) => {
    expect(() => tokenizerSettings(tokenizer, special)).toThrow(UsageError);
    expect(() => tokenizerSettings(tokenizer, special)).toThrow(words);
  });
});
