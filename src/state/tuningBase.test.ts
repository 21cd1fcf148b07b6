import { expect, test } from 'vitest';
import { runRecord } from '../testing/runRecord';
import { initialProject } from '../core/runs/project';
import { tuningBase } from './tuningInputs';

const project = { ...initialProject('first', 0), runId: 'a' };
const runs = [{ record: runRecord({ id: 'a' }), step: 260, used: 50, curve: null, bytes: 1 }];

test('tuning starts from the default step of a run unless a person picks another', () => {
  expect(tuningBase({ project, runs })?.step).toBe(50);
  const [{ used: _, ...latest }] = runs as [(typeof runs)[number]];
  expect(tuningBase({ project, runs: [latest] })?.step).toBe(260);
  const chosen = { ...project, tuning: { ...project.tuning, base: { runId: 'a', step: 120 } } };
  expect(tuningBase({ project: chosen, runs })?.step).toBe(120);
});
