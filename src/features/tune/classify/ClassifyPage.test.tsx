/** The page for a classifier without an evaluation of its newest step, and for a stopped one. */
import { renderToStaticMarkup } from 'react-dom/server';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { Router } from 'wouter';
import { HomegrownError } from '../../../core/base/errors';
import { memoryStore } from '../../../core/base/blobStore';
import { halvesOver, lonelyLocks, testStudio } from '../../../testing/behindChannels';
import { labeledFile, labeledRows } from '../../../testing/labeledRuns';
import { StudioContext } from '../../../state/react';
import { resumeRefusal, TRAINING_ELSEWHERE } from '../../../state/refusals';
import { usedStep } from '../../../state/trained';
import { questionOf } from '../../../state/markup';
import { ClassifyPage } from './ClassifyPage';
import { EvaluationPane } from './EvaluationPane';
import type { ClassifySituation } from './useClassify';
import { classifierOf } from '../../../state/tuningInputs';

beforeAll(() => vi.stubGlobal('navigator', { locks: lonelyLocks() }));
afterAll(() => vi.unstubAllGlobals());
vi.setConfig({ testTimeout: 180_000 });

const SIZES = { layers: 1, heads: 2, width: 16, hidden: 32, context: 32 };

/** Creates a classifier that was evaluated at its end, resumed, and stopped at a step without an evaluation. */
async function stoppedLater() {
  const store = memoryStore();
  const halves = halvesOver(store);
  const { evaluation } = halves.gpu;
  let isRoom = true;
  halves.gpu.evaluation = (...asked) =>
    isRoom ? evaluation(...asked) : Promise.reject(new HomegrownError('storage-full', 'There is no room for it.'));
  const { studio, close } = testStudio(store, halves);
  onTestFinished(close);
  const { getState } = studio;
  await getState().load();
  const { project, setTuning } = getState();
  getState().change({ model: { ...project.model, config: { ...project.model.config, ...SIZES } } });
  const { classify } = project.tuning;
  const recipe = { ...classify.recipe, batch: 8, learningRate: 0.02, dropout: 0, saveEvery: 10 };
  setTuning({
    purpose: 'classify',
    classify: { ...classify, passes: 2, tokenizer: { kind: 'bytes', vocabulary: 257 }, recipe, rateByHand: true },
  });
  const file = labeledFile(labeledRows(60));
  await getState().addFiles([{ name: file.name, file }], 'classify');
  await getState().addTables(questionOf(getState()), { text: 'text', label: 'label' });
  await getState().tune('classify');
  const runId = getState().project.runId!;
  const { saved } = getState().opened[runId]!;
  const ended = saved!.step;
  isRoom = false;
  const going = getState().resume(ended + 5000);
  await vi.waitFor(() => expect(getState().opened[runId]!.saved!.step).toBeGreaterThan(ended), { timeout: 60_000 });
  getState().stop();
  await going;
  isRoom = true;
  await getState().listRuns();
  const own = await getState().classifying();
  const row = () => classifierOf(getState())!;
  const shown = async (): Promise<string> => {
    const step = usedStep(getState(), runId)!;
    const judged = await own.judged(runId, step);
    const situation = {
      evaluationRecord: judged,
      classifier: row(),
      step,
      survey: {},
    } as Partial<ClassifySituation> as ClassifySituation;
    return html(<EvaluationPane situation={situation} />);
  };
  const html = (of: React.ReactNode): string =>
    renderToStaticMarkup(
      <Router ssrPath="/tune">
        <StudioContext.Provider value={{ ...studio, getInitialState: studio.getState }}>{of}</StudioContext.Provider>
      </Router>,
    );
  const page = (): string => html(<ClassifyPage tabs={null} onFiles={() => undefined} />);
  return { studio, getState, own, runId, ended, row, shown, page };
}

test('a notice names the evaluated step until the step in use is evaluated', async () => {
  const { studio, getState, own, runId, ended, shown } = await stoppedLater();
  const step = usedStep(getState(), runId)!;
  expect(step).toBeGreaterThan(ended);
  const words = `Evaluated at step ${ended}</b><p>Step ${step}, the one in use, hasn&#x27;t been evaluated.`;
  const before = await shown();
  expect(before).toContain(words);
  expect(before).toContain(`>Evaluate step ${step}</button>`);
  expect(before).toContain('actual in rows, predicted in columns');
  // During training, no notice: an evaluation follows when the run ends.
  studio.setState({ training: { runId } as never });
  expect(await shown()).not.toContain('Evaluated at step');
  studio.setState({ training: null });
  expect(await shown()).toContain(words);
  await own.judge(runId);
  const after = await shown();
  expect(after).not.toContain('Evaluated at step');
  expect(after).not.toContain('Evaluate step');
  expect(after).toContain('actual in rows, predicted in columns');
});

test('a stopped classifier resumes by a button, which says why if it can’t', async () => {
  const { studio, getState, runId, row, page } = await stoppedLater();
  const button = (): string | undefined => /<button(?:(?!<button).)*?Resume from step \d+<\/button>/.exec(page())?.[0];
  expect(button()).toContain(`Resume from step ${row().step}<`);
  // The resume button is the only filled one.
  const filled = (): string[] =>
    [...page().matchAll(/<button(?:(?!<button).)*?data-variant="go"(?:(?!<button).)*?<\/button>/g)].map(([one]) =>
      one.replaceAll(/<[^>]*>/g, ''),
    );
  expect(filled()).toEqual([`Resume from step ${row().step}`]);
  expect(button()).not.toContain('aria-disabled');
  studio.setState({ trainingElsewhere: true });
  expect(resumeRefusal(getState())).toBe(TRAINING_ELSEWHERE);
  expect(button()).toContain('aria-disabled="true"');
  studio.setState({ trainingElsewhere: false });
  expect(button()).not.toContain('aria-disabled');
  // An imported run without its texts can't resume until new ones are added.
  const { record } = getState().opened[runId]!;
  const [first, ...others] = record!.segments;
  const without = { ...record!, segments: [{ ...first, data: { ...first.data, id: null } }, ...others] as never };
  getState().changeRun(runId, (run) => ({ ...run, record: without }));
  expect(resumeRefusal(getState())).toBeUndefined();
  const { tuneTexts } = getState();
  studio.setState({ tuneTexts: [] });
  expect(resumeRefusal(getState())).toMatch(/imported without its training data/);
  expect(button()).toContain('aria-disabled="true"');
  studio.setState({ tuneTexts });
  getState().changeRun(runId, (run) => ({ ...run, record }));
  await getState().resume(row().step + 2);
  expect(getState().opened[runId]!.phase.kind).toBe('finished');
  expect(button()).toBeUndefined();
});
