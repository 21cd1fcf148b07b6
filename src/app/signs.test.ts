/** Every sign of the rail, derived from state: the rows of the table Rail, in all states of a project. */
import { beforeEach, describe, expect, test } from 'vitest';
import { HomegrownError, toFailure } from '../core/base/errors';
import type { RunRecord } from '../core/runs/record';
import { inertServices } from '../testing/inertServices';
import { dataFacts, runRecord } from '../testing/runRecord';
import { showing } from '../testing/shown';
import { DEFAULT_RECIPE } from '../core/train/recipe';
import { RunLog } from '../state/runLog';
import { MAX_LINE } from '../state/stage';
import { createStudio } from '../state/studio';
import { STAGES } from './stages';
import type { StudioStore } from '../state/slices/studio';
import type { OpenRun } from '../state/slices/run';

let store: StudioStore;
beforeEach(() => {
  store = createStudio(inertServices());
  store.setState({ loaded: 'ready', runs: [] });
});

/** `Train: running, step 48 · accuracy 88.3 %`; a stage that the rail doesn't list is left out. */
function rail(): readonly string[] {
  const s = store.getState();
  return STAGES.filter((stage) => stage.isListed?.(s) ?? true).map((stage) => {
    const { sign, line } = stage.state(s);
    if (line !== undefined && stage.id !== 'train') expect(line.length, line).toBeLessThanOrEqual(MAX_LINE);
    return `${stage.name}: ${line === undefined ? sign : `${sign}, ${line}`}`;
  });
}
/** Stages that have something to show. */
const marked = (): readonly string[] => rail().filter((words) => !words.endsWith(': none'));
const entry = (name: string): string | undefined => rail().find((words) => words.startsWith(`${name}: `));

const TEXT = { id: 't', name: 'moby.txt', sha256: 'a', documents: 1, characters: 1_210_000, bytes: 1_210_000 } as never;
const OTHER = { id: 'u', name: 'more.txt', sha256: 'b', documents: 1, characters: 9, bytes: 9 } as never;
const LABELS = { id: 'l', name: 'spam.csv', sha256: 'c', labelled: 'one' } as never;
const LABELED = { ...(OTHER as object), id: 'v', labels: 2 } as never;
const BUSY = { kind: 'busy', progress: null, since: 0, at: 0, stop: () => undefined } as const;
const FAILED = { kind: 'failed', failure: toFailure(new HomegrownError('bug', 'It broke')) } as const;

const change = (project: object) =>
  store.setState((s) => ({ project: { ...s.project, ...(project as Partial<typeof s.project>) } }));
/** Tokens and data of these texts. */
function built(texts: readonly string[] = ['t']): void {
  const { split } = store.getState().project;
  const parts = { train: { tokens: 90, bytes: 90 }, validation: { tokens: 10, bytes: 10 } };
  change({
    tokenizer: { hash: 'h', size: 2048, asked: 1024, texts, model: { kind: 'bpe', merges: [] } },
    data: { texts, tokenizerHash: 'h', manifest: { parts, split: { rule: 'documents', ...split } } },
  });
}

const recipe = { ...DEFAULT_RECIPE, steps: 4000 };
const facts = (...texts: string[]) => dataFacts({ texts: texts.map((sha256) => ({ sha256 })) as never });
const record = (given: Partial<RunRecord> = {}) =>
  runRecord({ recipe, data: { id: 'd', facts: facts('a') }, ...(given as object) });
function log(step: number, loss: number, metrics: RunLog['evaluations'][number]['metrics'] = {}): RunLog {
  const made = new RunLog();
  made.append({ kind: 'evaluated', step, loss, metrics, activeMs: 0, sample: '' });
  return made;
}
/** A run with a saved step, as a page that opens it has it. */
function run(kind: 'training' | 'stopping' | 'stopped' | 'finished', step: number, given: Partial<OpenRun> = {}): void {
  const saved = { step, bytes: 1, at: null };
  const { record: own = record() } = given;
  showing(store, {
    record: own,
    log: log(step, Math.log(85.4)),
    saved,
    usable: saved,
    phase: { kind, step, of: 4000 },
    ...given,
  });
  store.setState({ runs: [{ record: own, step, curve: null }] as never });
}

describe('before a run', () => {
  test('an empty project has rings and no second line', () => {
    expect(marked()).toEqual([]);
    expect(rail()).toContain('Playground: none');
    expect(entry('Teach it more')).toBeUndefined();
  });

  test('a text is an artifact; defaults have no sign', () => {
    store.setState({ texts: [TEXT] });
    expect(marked()).toEqual(['Text: done, 1 file, 1.21 M characters']);
    store.setState({ texts: Array.from({ length: 1200 }, () => TEXT) });
    expect(entry('Text')).toBe('Text: done, 1.45 B characters');
    store.setState({ importing: BUSY });
    expect(entry('Text')).toBe('Text: running, 1.45 B characters');
    store.setState({ texts: [], importing: BUSY });
    expect(entry('Text')).toBe('Text: running, reading files');
  });

  test('tokens and data are one entry: built, being built, failed, and out of date', () => {
    store.setState({ texts: [TEXT], tokenizing: BUSY });
    expect(entry('Tokens & data')).toBe('Tokens & data: running, building');
    built();
    store.setState({ tokenizing: { kind: 'idle' }, building: BUSY });
    expect(entry('Tokens & data')).toBe('Tokens & data: running, 2,048 tokens');
    store.setState({ building: FAILED });
    expect(entry('Tokens & data')).toBe('Tokens & data: failed, 2,048 tokens');
    store.setState({ building: { kind: 'idle' } });
    expect(entry('Tokens & data')).toBe('Tokens & data: done, 2,048 tokens');
    change({ data: null });
    expect(entry('Tokens & data')).toBe('Tokens & data: done, 2,048 tokens');
    built();
    store.setState({ texts: [TEXT, OTHER] });
    expect(entry('Tokens & data')).toBe('Tokens & data: stale, 2,048 tokens');
  });

  test('another architecture or tab marks nothing; an edit does', () => {
    store.setState({ texts: [TEXT] });
    store.getState().chooseModel('bert');
    store.getState().setTuning({ purpose: 'classify' });
    store.getState().chooseEvaluatedOn('test');
    expect(marked()).toEqual(['Text: done, 1 file, 1.21 M characters']);
    store.getState().chooseModel('gpt');
    expect(entry('Model')).toBe('Model: none');
    store.getState().setModel('layers', 3);
    expect(entry('Model')).toMatch(/^Model: done, GPT, [\d.]+ [kM] parameters$/);
    store.getState().setModel('width', 50);
    store.getState().setModel('heads', 4);
    expect(entry('Model')).toBe('Model: done, can’t run as set');
  });

  test('the size dial and a preset are edits too', () => {
    store.getState().setSize(8_000_000);
    expect(entry('Model')).toMatch(/^Model: done, GPT, [\d.]+ M parameters$/);
    store.getState().chooseModel('llama');
    expect(entry('Model')).toMatch(/^Model: done, Llama, [\d.]+ M parameters$/);
  });

  test('sizes proposed by a plan are no edit', () => {
    const { model } = store.getState().project;
    change({ model: { ...model, config: { ...model.config, layers: 7 } } });
    expect(entry('Model')).toBe('Model: none');
  });

  test('Teach it more waits for a model or a label', () => {
    expect(entry('Teach it more')).toBeUndefined();
    store.setState({ tuneTexts: [LABELS] });
    expect(entry('Teach it more')).toBe('Teach it more: none');
    // Labels of documents on Text count too.
    store.setState({ tuneTexts: [], texts: [TEXT] });
    expect(entry('Teach it more')).toBeUndefined();
    store.setState({ texts: [TEXT, LABELED] });
    expect(entry('Teach it more')).toBe('Teach it more: none');
  });
});

describe('while a run trains', () => {
  beforeEach(() => {
    store.setState({ texts: [TEXT] });
    built();
  });

  test('preparing and compiling', () => {
    showing(store, { phase: { kind: 'preparing' } });
    expect(marked()).toEqual([
      'Text: done, 1 file, 1.21 M characters',
      'Tokens & data: done, 2,048 tokens',
      'Train: running, preparing',
    ]);
    showing(store, { phase: { kind: 'compiling', kernels: { done: 8, of: 32 } } });
    expect(entry('Train')).toBe('Train: running, compiling');
    expect(entry('Model')).toMatch(/^Model: done, GPT, [\d.]+ [kM] parameters$/);
    showing(store, { phase: { kind: 'compiling', kernels: { done: 32, of: 32 } } });
    expect(entry('Train')).toBe('Train: running, first step');
  });

  test('running and stopping: the step, its result, and pages that the saved step opens', () => {
    run('training', 2640);
    expect(marked().slice(2)).toEqual([
      'Model: done, GPT, 3.01 k parameters',
      'Train: running, step 2,640 · perplexity 85.4',
      'Runs: done, 1 run',
      'Playground: done, step 2,640',
      'Inspect: done, step 2,640',
    ]);
    expect(entry('Teach it more')).toBe('Teach it more: none');
    run('stopping', 2640);
    expect(entry('Train')).toBe('Train: running, step 2,640 · perplexity 85.4');
  });

  test('a result that is too long leaves the step out', () => {
    run('training', 200_000, { log: log(200_000, Math.log(1234.5)) });
    expect(entry('Train')).toBe('Train: running, perplexity 1,235');
  });

  test('a classifier shows its accuracy', () => {
    const labels = record({ objective: 'labels' });
    run('training', 48, { record: labels, log: log(48, 0.4, { accuracy: { value: 88.333 } }) });
    expect(entry('Train')).toBe('Train: running, step 48 · accuracy 88.3 %');
    // At its end the best step is used, and Evaluate measures it.
    const worse = log(48, 0.4, { accuracy: { value: 100 } });
    worse.evaluations.push({
      ...worse.evaluations.at(-1)!,
      step: 74,
      loss: 3.4,
      metrics: { accuracy: { value: 55.3 } },
    });
    run('finished', 74, { record: labels, log: worse });
    expect(entry('Train')).toMatch(/^Train: done, step 74 · accuracy 100 %$/);
  });

  test('a run in another tab is running too', () => {
    store.setState({ trainingElsewhere: true });
    run('stopped', 2640, { record: record({ status: 'running' }) });
    expect(entry('Train')).toBe('Train: running, step 2,640 · perplexity 85.4');
  });
});

describe('after a run', () => {
  beforeEach(() => {
    store.setState({ texts: [TEXT] });
    built();
  });

  test('paused by a person, or interrupted by closing the tab', () => {
    run('stopped', 2600, { record: record({ status: 'stopped' }) });
    expect(entry('Train')).toBe('Train: paused, step 2,600 · perplexity 85.4');
    run('stopped', 2600, { record: record({ status: 'running' }) });
    expect(entry('Train')).toBe('Train: interrupted, step 2,600 · perplexity 85.4');
    run('stopped', 2600, { record: record({ status: 'failed' }) });
    expect(entry('Train')).toBe('Train: failed, step 2,600 is saved');
  });

  test('finished, by its last step or early', () => {
    run('finished', 4000, { record: record({ status: 'finished' }) });
    expect(marked()).toEqual([
      'Text: done, 1 file, 1.21 M characters',
      'Tokens & data: done, 2,048 tokens',
      'Model: done, GPT, 3.01 k parameters',
      'Train: done, step 4,000 · perplexity 85.4',
      'Runs: done, 1 run',
      'Playground: done, step 4,000',
      'Inspect: done, step 4,000',
    ]);
    run('stopped', 3000, { record: record({ status: 'finished' }) });
    expect(entry('Train')).toBe('Train: done, step 3,000 · perplexity 85.4');
  });

  test('a finished run is out of date once its text changed; looking around changes nothing', () => {
    run('finished', 4000, { record: record({ status: 'finished' }) });
    const before = rail();
    store.getState().chooseModel('bert');
    expect(rail()).toEqual(before);
    store.setState({ texts: [TEXT, OTHER] });
    expect(entry('Train')).toBe('Train: stale, step 4,000 · perplexity 85.4');
    // Except an imported model, which never had a text here.
    run('finished', 4000, { record: record({ status: 'finished', origin: {} as never }) });
    expect(entry('Train')).toBe('Train: done, step 4,000 · perplexity 85.4');
    store.setState({ texts: [] });
    run('finished', 4000, { record: record({ status: 'finished' }) });
    expect(entry('Train')).toBe('Train: done, step 4,000 · perplexity 85.4');
  });

  test('failed: the saved step, or that nothing is saved', () => {
    const failure = toFailure(new HomegrownError('device-lost', 'The GPU went away'));
    const phase = { kind: 'failed', failure, step: 2731, of: 4000 } as const;
    const saved = { step: 2600, bytes: 1, at: null };
    run('stopped', 2600, { phase, saved });
    expect(entry('Train')).toBe('Train: failed, step 2,600 is saved');
    showing(store, { phase, record: null, saved: null, usable: null });
    expect(entry('Train')).toBe('Train: failed, no step saved');
    const damaged = toFailure(new HomegrownError('storage-damaged', 'Damaged'));
    showing(store, { phase: { kind: 'failed', failure: damaged, step: 0, of: 4000 } });
    expect(entry('Train')).toBe('Train: failed, can’t be opened');
    showing(store, { record: record(), usable: saved });
    expect(entry('Train')).toBe('Train: failed, weights of step 2,600');
  });
});

describe('uses of a model', () => {
  beforeEach(() => {
    store.setState({ texts: [TEXT] });
    built();
    run('finished', 4000, { record: record({ status: 'finished' }) });
  });
  const evaluated = (step: number) => {
    const metrics = { perplexity: { value: 79.66 } };
    const kept = { record: { step, part: 'validation', evaluation: { metrics, tokens: 9 } }, changed: [] };
    store.setState({ keptEvaluation: { of: 'r 4000 validation', kept: kept as never } });
  };

  test('Playground: the step, and running while it writes', () => {
    expect(entry('Playground')).toBe('Playground: done, step 4,000');
    store.setState({ writing: { kind: 'writing', since: 0, stop: () => undefined } });
    expect(entry('Playground')).toBe('Playground: running, step 4,000');
  });

  test('Evaluate: running, failed, done, and out of date', () => {
    store.setState({ evaluating: BUSY, underEvaluation: { runId: 'r', name: 'a', step: 4000, on: 'validation' } });
    expect(entry('Evaluate')).toBe('Evaluate: running, step 4,000');
    store.setState({ evaluating: FAILED });
    expect(entry('Evaluate')).toBe('Evaluate: failed, step 4,000');
    store.setState({ evaluating: { kind: 'idle' }, underEvaluation: null });
    evaluated(4000);
    expect(entry('Evaluate')).toBe('Evaluate: done, perplexity 79.7');
    evaluated(1000);
    expect(entry('Evaluate')).toBe('Evaluate: stale, perplexity 79.7');
  });

  test('Evaluate: choosing another step outdates nothing', () => {
    const saved = { bytes: 1, holds: 'all', precision: 'f32' };
    const steps = [
      { ...saved, step: 1, light: true },
      { ...saved, step: 4000, latest: true, best: true },
    ] as never;
    run('finished', 4000, { record: record({ status: 'finished' }), steps, which: 1, isPicked: true });
    const metrics = { perplexity: { value: 79.66 } };
    const keep = (step: number) => {
      const kept = { record: { step, part: 'validation', evaluation: { metrics, tokens: 9 } }, changed: [] };
      store.setState({ keptEvaluation: { of: 'r 1 validation', kept: kept as never } });
    };
    keep(4000);
    expect(entry('Evaluate')).toBe('Evaluate: done, perplexity 79.7');
    keep(1);
    expect(entry('Evaluate')).toBe('Evaluate: done, perplexity 79.7');
    keep(2000);
    expect(entry('Evaluate')).toBe('Evaluate: stale, perplexity 79.7');
  });

  test('Export: counts exports, not models that could be exported', () => {
    expect(entry('Export')).toBe('Export: none');
    const file = { step: 2000 } as never;
    store.setState({ exports: { 'gguf-f16': { kind: 'writing', work: BUSY } } });
    expect(entry('Export')).toBe('Export: running, GGUF');
    store.setState({ exports: { 'gguf-f16': { kind: 'verified', file, figures: {} as never } } });
    expect(entry('Export')).toBe('Export: done, GGUF of step 2,000');
    store.setState({ exports: { hf: { kind: 'verified', file, figures: {} as never } } });
    expect(entry('Export')).toBe('Export: done, Hugging Face folder');
    store.setState({ exports: { 'gguf-f16': { kind: 'mismatch', file, figures: {} as never } } });
    expect(entry('Export')).toBe('Export: failed, GGUF of step 2,000');
    store.setState({ exports: { 'gguf-f16': FAILED } });
    expect(entry('Export')).toBe('Export: failed, GGUF');
  });

  test('Runs: its count alone', () => {
    store.setState({ runs: Array.from({ length: 1204 }, (_, i) => ({ record: record({ id: `r${i}` }) })) as never });
    expect(entry('Runs')).toBe('Runs: done, 1,204 runs');
  });
});
