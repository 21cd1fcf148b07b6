/** Size of a classifier from scratch before its start, over the real worker implementations. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { paramsOf } from '../core/models';
import { countParams } from '../core/models/spec';
import { readKnownRun } from '../core/runs/record';
import { lonelyLocks } from '../testing/behindChannels';
import { classifierStudio } from '../testing/classifierStudio';
import { labeledRows } from '../testing/labeledRuns';
import { bodyOf, boundWords, planClassifier } from './classifierPlan';

beforeAll(() => vi.stubGlobal('navigator', { locks: lonelyLocks() }));
afterAll(() => vi.unstubAllGlobals());
vi.setConfig({ testTimeout: 180_000 });

test.each(['bpe', 'characters'] as const)(
  'the plan has the entries and parameters of its run, even if the texts fill fewer entries: %s',
  async (kind) => {
    const { store, getState, add, own } = await classifierStudio();
    await add(labeledRows(40));
    const { classify } = getState().project.tuning;
    getState().setTuning({ classify: { ...classify, passes: 1, tokenizer: { kind, vocabulary: 4096 } } });
    const summary = await own.survey();
    const body = bodyOf(getState());
    expect(boundWords(body)).toBe(kind === 'bpe' ? 'at most ' : 'at least ');
    expect(boundWords(body, summary)).toBe('');
    const plan = planClassifier(getState(), summary);
    if ('code' in plan) throw new Error(plan.message);
    await getState().tune('classify');
    const { model } = await readKnownRun(store, getState().project.runId!);
    expect(model.vocabulary).toBeLessThan(4096);
    expect(plan.model.vocabulary).toBe(model.vocabulary);
    expect(plan.all).toBe(countParams(paramsOf(model)));
  },
);
