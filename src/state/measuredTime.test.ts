/** Time on the button of a classifier after a run of the same model on this device. */
import { expect, test } from 'vitest';
import type { RunRow } from '../core/runs/rows';
import { USUAL_BODY as BODY } from '../core/runs/usualClassifier';
import { runRows } from '../testing/runRows';
import { DEFAULT_RECIPE } from '../core/train/recipe';
import { initialProject } from '../core/runs/project';
import { classifierTimeOf } from './classifierTime';
import { measuredSeconds } from './measuredTime';
import type { Studio } from './slices/studio';

const CLASSES = { labels: ['ok', 'spam'], pooling: 'first' } as const;
const INFO = {
  kind: 'wasm',
  name: 'Processor',
  software: false,
  features: [],
  gigaflops: 1,
  choices: ['wasm'],
} as const;
const TABLE = { counts: [{ label: 'ok', count: 239 }, { label: 'spam', count: 161 }], isAll: true }; // prettier-ignore

/** A run like the project's next one: 33 ms per step. */
function ran(s: Pick<Studio, 'project' | 'runs' | 'device'>, device: string | null): RunRow {
  const [row] = runRows(1) as [RunRow];
  const model = { id: 'bert', config: { ...BODY.config, classes: CLASSES }, vocabulary: 811 } as never;
  const { recipe } = s.project.tuning.classify;
  const segments = [{ ...row.record.segments[0], recipe: { ...DEFAULT_RECIPE, ...recipe } }];
  return { ...row, record: { ...row.record, model, device, segments } as never };
}

test('a button shows the time that a run of the same model took on this device', () => {
  const project = initialProject('p', 0);
  const tuning = { ...project.tuning, base: 'nothing' as const };
  const s = { project: { ...project, tuning }, runs: null, device: { kind: 'open', info: INFO } } as unknown as Studio;
  const before = classifierTimeOf(s, TABLE)!;
  const after = classifierTimeOf({ ...s, runs: [ran(s, 'Processor, WASM')] }, TABLE)!;
  // 300 steps.
  expect(after / 33).toBeCloseTo(300, 6);
  expect(before / after).toBeGreaterThan(2);
  expect(classifierTimeOf({ ...s, runs: [ran(s, 'Apple M2, WebGPU')] }, TABLE)).toBe(before);
});

test("runs of another shape or batch don't count, and neither do the first steps", () => {
  const [row] = runRows(1) as [RunRow];
  const { model } = row.record;
  const recipe = { ...row.record.segments[0].recipe, steps: 100 };
  const here = { ...row, record: { ...row.record, device: 'Processor, WASM' } };
  const of = (other: Partial<typeof recipe>, config = {}): number | undefined =>
    measuredSeconds([here], { ...model, config: { ...model.config, ...config } }, { ...recipe, ...other }, INFO);
  expect(of({})).toBeCloseTo(3.3, 6);
  expect(of({ steps: 200 })).toBeCloseTo(6.6, 6);
  expect(of({ batch: recipe.batch + 1 })).toBeUndefined();
  expect(of({}, { width: 8 })).toBeUndefined();
  const short = { ...here, curve: { ...here.curve!, training: { ...here.curve!.training, step: Float64Array.of(5), ms: Float64Array.of(9) } } }; // prettier-ignore
  expect(measuredSeconds([short], model, recipe, INFO)).toBeUndefined();
});
