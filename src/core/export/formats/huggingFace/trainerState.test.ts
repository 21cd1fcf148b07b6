import { expect, test } from 'vitest';
import { DEFAULT_RECIPE } from '../../../train/recipe';
import type { TrainEvent } from '../../../train/run';
import type { RunInfo } from '../../homegrownJson';
import { readTrainerState, trainerState } from './trainerState';

const info: RunInfo = {
  version: 2,
  id: 'a',
  name: 'whale',
  createdAt: 5,
  device: null,
  tokenizer: 'bytes',
  result: null,
  model: { id: 'gpt', config: { layers: 1, heads: 1, width: 8, context: 4 }, vocabulary: 257 },
  segments: [{ after: 0, recipe: { ...DEFAULT_RECIPE, steps: 9000 }, data: null }],
  state: { step: 7000, tokensSeen: 7000 * 32, activeMs: 8, best: { step: 6000, loss: 2 } },
};
const step = (n: number): TrainEvent => ({
  kind: 'step',
  step: n,
  loss: n === 14 ? NaN : 5 / n,
  learningRate: 1e-3,
  gradientNorm: 1.5,
  tokensPerSecond: 1e4,
  activeMs: n,
  memoryBytes: 1e6,
});
const evaluated = (n: number): TrainEvent => ({
  kind: 'evaluated',
  step: n,
  loss: 6 / n,
  metrics: { bitsPerByte: { value: 2 } },
  activeMs: n,
  sample: 'Call me',
});
const events: TrainEvent[] = [
  { kind: 'compiling' },
  evaluated(1),
  ...Array.from({ length: 8000 }, (_, i) => step(i + 1)),
  { kind: 'saved', step: 6000, bytes: 1 },
  evaluated(6500),
];
const text = (value: unknown): string => JSON.stringify(value);

test("has the Trainer's names, and ends at the step of the weights", () => {
  const state = trainerState(info, events) as Record<string, unknown>;
  expect(state).toMatchObject({ global_step: 7000, max_steps: 9000, best_metric: 2, num_input_tokens_seen: 224_000 });
  const log = state['log_history'] as Record<string, number>[];
  expect(Math.max(...log.map((entry) => entry['step']!))).toBe(7000);
  expect(log).toContainEqual(expect.objectContaining({ eval_loss: 6 / 6500, step: 6500 }));
  expect(log).toContainEqual(expect.objectContaining({ loss: 5 / 28, grad_norm: 1.5, learning_rate: 1e-3, step: 28 }));
});

test('epochs count the rows of pairs, and tokens otherwise', () => {
  const part = { tokens: 90_000, bytes: 90_000, documents: 100 };
  const parts = { train: part, validation: part };
  const split = { rule: 'documents', validation: 0.5, test: 0, seed: 0 } as const;
  const data = { texts: [], textHash: 't', split, parts, unigramLoss: 3 };
  const epochOf = (objective: 'causal' | 'pairs', batch: number) => {
    const recipe = { ...DEFAULT_RECIPE, steps: 9000, objective, batch };
    return (trainerState({ ...info, segments: [{ after: 0, recipe, data }] }, []) as { epoch: number }).epoch;
  };
  // 7,000 steps of 8 rows of 4 tokens.
  expect(epochOf('causal', 8)).toBeCloseTo((7000 * 32) / 90_000);
  expect(epochOf('pairs', 8)).toBeCloseTo((7000 * 8) / 100);
  expect(epochOf('pairs', 16)).toBeCloseTo((7000 * 8) / 100); // half of the batches were smaller
});

test('thins a long curve only once: reading and writing it again changes nothing', () => {
  const first = text(trainerState(info, events));
  const back = readTrainerState(first);
  expect(back.filter(({ kind }) => kind === 'step').length).toBeLessThanOrEqual(2000);
  expect(back).toContainEqual(evaluated(6500));
  expect(text(trainerState(info, back))).toBe(first);
  const short = readTrainerState(text(trainerState(info, [step(1), step(2), evaluated(2)])));
  expect(short).toEqual([step(1), step(2), evaluated(2)]);
});

test('writes the cost of a step only if it is known', () => {
  const known = [step(1), { ...step(2), plannedBytes: 8, encodeMs: 0.5 }, { ...step(3), encodeMs: 0.5, gpuMs: 2 }];
  const written = text(trainerState(info, known));
  expect(readTrainerState(written)).toEqual(known);
  expect(written.match(/encode_ms/g)).toHaveLength(2);
  expect(written.match(/gpu_ms/g)).toHaveLength(1);
});

test('omits a non-finite optional value, and reads its step back', () => {
  const known = [step(1), { ...step(2), gpuMs: NaN }];
  const written = text(trainerState(info, known));
  expect(written).not.toContain('gpu_ms');
  expect(readTrainerState(written)).toEqual([step(1), step(2)]);
});

test('refuses other files, and skips unknown entries', () => {
  expect(() => readTrainerState('{')).toThrow('not JSON');
  expect(() => readTrainerState('{}')).toThrow('log_history');
  expect(readTrainerState('{"log_history":[{"train_runtime":3},7,{"step":-1,"loss":2}]}')).toEqual([]);
});

test('writes metrics by name, reads them back, and skips other fields', () => {
  const log = (trainerState(info, events) as { log_history: object[] }).log_history;
  expect(log[0]).toMatchObject({ eval_loss: 6, bits_per_byte: 2, sample: 'Call me' });
  const entry = { step: 1, eval_loss: 2, bits_per_byte: null, eval_runtime: 3, sample: '', active_ms: 1 };
  expect(readTrainerState(text({ log_history: [entry] }))).toEqual([
    { kind: 'evaluated', step: 1, loss: 2, metrics: { bitsPerByte: { value: NaN } }, activeMs: 1, sample: '' },
  ]);
});
