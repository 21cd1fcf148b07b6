import { expect, test } from 'vitest';
import { promptFrom } from './prompt';

test('suggests the most frequent start of a sentence, in any language and script', () => {
  const english =
    'CHAPTER 1. Loomings.\n\nCall me Ishmael of the sea. The whale was white and old. “The whale is not a fish,” he said.';
  expect(promptFrom(english)).toBe('The whale');
  const german = 'Der Wal war alt und weiß. Das Meer war ruhig und weit. Der Wal schwamm weit hinaus.';
  expect(promptFrom(german)).toBe('Der Wal');
  expect(promptFrom('Белый кит был стар и зол. Море было тихо и темно.')).toBe('Белый кит');
  expect(promptFrom('白い鯨は海を泳いでいる。白い鯨は古くて大きい。')).toMatch(/^白い/);
  expect(promptFrom('كان الحوت كبيرا جدا في البحر. كان الحوت أبيض مثل الثلج.')).toBe('كان الحوت');
});

test('suggests nothing for a text without sentences, and never ends in a space', () => {
  expect(promptFrom('1 2 3 4 5 6 7 8')).toBeUndefined();
  expect(promptFrom('')).toBeUndefined();
  expect(promptFrom('Contents\n\nPreface\n\nOne')).toBeUndefined();
  expect(promptFrom('the sea is wide and the sea is deep')).toBe('the sea');
});

test('suggests no markup or escapes', () => {
  const escaped = String.raw`Spoke.\n\nThe whale is white and old. \n\nA sea that is wide and deep. The whale is not a fish.`;
  expect(promptFrom(escaped)).toBe('The whale');
});
