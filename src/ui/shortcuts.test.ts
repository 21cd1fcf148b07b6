import { describe, expect, it } from 'vitest';
import { findActions } from './CommandPalette';
import { formatKeys, matchesKeys, type KeyPress } from './shortcuts';

const press = (key: string, held: Partial<KeyPress> = {}): KeyPress => ({
  key,
  metaKey: false,
  ctrlKey: false,
  shiftKey: false,
  altKey: false,
  ...held,
});

describe('matchesKeys', () => {
  it('takes ⌘ on a Mac and Ctrl elsewhere', () => {
    expect(matchesKeys('mod+k', press('k', { metaKey: true }), true)).toBe(true);
    expect(matchesKeys('mod+k', press('k', { ctrlKey: true }), true)).toBe(false);
    expect(matchesKeys('mod+k', press('k', { ctrlKey: true }), false)).toBe(true);
  });
  it('leaves the browser’s own shortcuts alone', () => {
    expect(matchesKeys('s', press('s', { ctrlKey: true }), false)).toBe(false);
    expect(matchesKeys('s', press('s', { altKey: true }), false)).toBe(false);
    expect(matchesKeys('mod+k', press('k', { ctrlKey: true, metaKey: true }), false)).toBe(false);
  });
  it('matches a sign whether or not the keyboard needs Shift for it', () => {
    expect(matchesKeys('?', press('?', { shiftKey: true }), false)).toBe(true);
    expect(matchesKeys('?', press('?'), false)).toBe(true);
  });
  it('distinguishes F6 from Shift F6, and s from S', () => {
    expect(matchesKeys('f6', press('F6', { shiftKey: true }), false)).toBe(false);
    expect(matchesKeys('shift+f6', press('F6', { shiftKey: true }), false)).toBe(true);
    expect(matchesKeys('s', press('S', { shiftKey: true }), false)).toBe(false);
  });
});

it('writes keys as the keyboard does', () => {
  expect(formatKeys('mod+k', true)).toBe('⌘K');
  expect(formatKeys('mod+enter', true)).toBe('⌘↵');
  expect(formatKeys('mod+.', false)).toBe('Ctrl .');
  expect(formatKeys('shift+f6', true)).toBe('Shift F6');
});

it('finds actions by all words, in any order, over label, group and hint', () => {
  const run = () => undefined;
  const actions = [
    { id: 'tokenizer', label: 'Tokenizer', group: 'Go to', hint: 'BPE · 2,048 entries', run },
    { id: 'stop', label: 'Stop and save', group: 'On this page', run },
    { id: 'cursor', label: 'Move the cursor', group: 'In a chart', run, isHelpOnly: true },
  ];
  const found = (words: string) => findActions(actions, words).map((action) => action.id);
  expect(found('save STOP')).toEqual(['stop']);
  expect(found('bpe')).toEqual(['tokenizer']);
  expect(found('')).toEqual(['tokenizer', 'stop']);
  expect(found('cursor')).toEqual([]);
});
