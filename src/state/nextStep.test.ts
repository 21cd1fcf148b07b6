import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Guide, nextStep } from './nextStep';

const NONE: Guide = {
  hasText: true,
  question: null,
  run: 'none',
  isClassifier: false,
  saved: null,
  best: null,
  isPastBest: false,
  standing: 'unknown',
  differs: false,
};
const RUNNING: Guide = { ...NONE, run: 'running', saved: 2600, best: 2350, standing: 'better' };
const FINISHED: Guide = { ...RUNNING, run: 'finished' };
const CLASSIFIER = { isClassifier: true } as const;

/** State for each row of docs/guidance.md. */
const STATES: Readonly<Record<string, Guide>> = {
  'no text': { ...NONE, hasText: false },
  'no text, on Text': { ...NONE, hasText: false },
  'no text, every file needs an answer, on Text': {
    ...NONE,
    hasText: false,
    question: { words: 'Use Windows-1252', isLabeled: false },
  },
  'no text, only a labeled table, on Text': {
    ...NONE,
    hasText: false,
    question: { words: 'Train a classifier · 2 min', isLabeled: true },
  },
  'no text, an unclear labeled table, on Text': {
    ...NONE,
    hasText: false,
    question: { words: 'Set up classifier…', isLabeled: true },
  },
  'no text, labeled texts added': { ...NONE, hasText: false, hasLabels: true },
  'no text, a question, on Train': {
    ...NONE,
    hasText: false,
    question: { words: 'Use Windows-1252', isLabeled: false },
  },
  'text, and a question, on Text': {
    ...NONE,
    question: { words: 'Use Windows-1252', isLabeled: false },
    startTime: 180_000,
  },
  ready: { ...NONE, startTime: 180_000 },
  preparing: { ...NONE, run: 'preparing' },
  'running, nothing saved yet': { ...RUNNING, saved: null, best: null },
  'running, improving': RUNNING,
  'running, plateau': { ...RUNNING, isPastBest: true },
  'running, overfitting': { ...RUNNING, isPastBest: true },
  stopping: { ...RUNNING, run: 'stopping' },
  paused: { ...RUNNING, run: 'paused' },
  interrupted: { ...RUNNING, run: 'interrupted' },
  'finished, improving': FINISHED,
  'finished, plateau': { ...FINISHED, isPastBest: true },
  'finished, overfitting': { ...FINISHED, isPastBest: true },
  'finished, settings changed, on Train': { ...FINISHED, differs: true },
  'finished, settings changed, on Model': { ...FINISHED, differs: true, startTime: 180_000 },
  'finished, worse than a trigram model': { ...FINISHED, standing: 'worse', longerTime: 720_000 },
  'finished, worse, and memorizing': { ...FINISHED, standing: 'worse', needsText: true, longerTime: 720_000 },
  'finished, worse, at an unusual learning rate': { ...FINISHED, standing: 'worse', needsRate: 0.002 },
  'failed, with a saved step': { ...RUNNING, run: 'failed' },
  'failed, nothing saved, on Runs': { ...RUNNING, run: 'failed', saved: null, best: null },
  'failed, nothing saved, on Model': { ...RUNNING, run: 'failed', saved: null, best: null, startTime: 180_000 },
  'classifier running': { ...RUNNING, ...CLASSIFIER, isPastBest: true },
  'classifier paused': { ...RUNNING, ...CLASSIFIER, run: 'paused' },
  'classifier paused, on Teach it more': { ...RUNNING, ...CLASSIFIER, run: 'paused' },
  'classifier interrupted, on Teach it more': { ...RUNNING, ...CLASSIFIER, run: 'interrupted' },
  'classifier finished, better than word counting': { ...FINISHED, ...CLASSIFIER },
  'classifier finished, equal to word counting': { ...FINISHED, ...CLASSIFIER, standing: 'level' },
  'classifier finished, worse than word counting': {
    ...FINISHED,
    ...CLASSIFIER,
    standing: 'worse',
    longerTime: 720_000,
  },
  'classifier finished, worse than word counting, no longer improving': {
    ...FINISHED,
    ...CLASSIFIER,
    standing: 'worse',
    isFlat: true,
    mistakes: 2,
    longerTime: 720_000,
  },
  'classifier finished, no better than one label': {
    ...FINISHED,
    ...CLASSIFIER,
    standing: 'no better than one label',
  },
};

const rows = readFileSync('docs/guidance.md', 'utf8')
  .split('\n')
  .flatMap((line) => {
    const [, state = '', button = ''] = line.split('|').map((cell) => cell.trim());
    return button === '' || state === 'state' || state.startsWith('--') ? [] : [[state, button] as const];
  });

test('the table has every state, and no other', () => {
  expect(rows.map(([state]) => state).toSorted()).toEqual(Object.keys(STATES).toSorted());
});

test.each(rows)('%s: %s', (state, button) => {
  const name = / on (Teach it more|\w+)$/.exec(state)?.[1] ?? 'Train';
  const page = name === 'Teach it more' ? 'tune' : name.toLowerCase();
  const label = nextStep(STATES[state]!, page)?.label ?? 'none';
  expect(label).toBe(button.replaceAll(/[{}]/g, ''));
});

test('a button without an available action stays, and shows the reason', () => {
  const refusal = 'Another run is training: stop and save it first';
  expect(nextStep({ ...NONE, startRefusal: refusal }, 'train')).toMatchObject({ kind: 'start', refusal });
  expect(nextStep({ ...RUNNING, run: 'paused', refusal }, 'train')).toMatchObject({ kind: 'resume', refusal });
  expect(nextStep({ ...FINISHED, refusal }, 'train')).not.toHaveProperty('refusal');
});

test('a button without an estimate shows no time', () => {
  expect(nextStep(NONE, 'train')?.label).toBe('Start training');
});
