/** Saves an evaluation in the folder of its run: homegrown.json, model card and datasheet; all other files stay. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { badSettings, HomegrownError } from '../../src/core/base/errors';
import { askedAnew } from '../../src/core/evaluate/askedAnew';
import type { Evaluation } from '../../src/core/evaluate/evaluation';
import { withListHashes } from '../../src/core/evaluate/listHash';
import type { ToEvaluate } from '../../src/core/evaluate/readings/reading';
import { storable } from '../../src/core/evaluate/storable';
import { readRunInfo, type RunInfo } from '../../src/core/export/homegrownJson';
import { tellingFiles } from '../../src/core/export/formats/huggingFace/write';
import { withTestSetAccess, testSetAccessCount } from '../../src/core/runs/testSetAccesses';
import { partHash } from '../../src/core/runs/partHash';
import { askedRecord, type AskedSummary, askedSummary } from '../../src/core/runs/askedSummary';
import { evaluationSummary } from '../../src/core/runs/evaluationSummary';
import { fittedDecision } from '../../src/core/runs/fittedDecision';
import { isSystemError } from '../systemError';
import { jsonOf } from '../json';
import { listedIn } from './listed';
import type { SavedRun } from './savedRun';
import { transaction } from './transaction';
import { replace } from './write';
import { allFormats } from '../../src/core/export/formats';

const INFO = 'homegrown.json';
/** The order matters: the others are written from the first. */
const DESCRIBING_FILES = [INFO, 'README.md', 'DATASHEET.md'];

/** `look`: number of this evaluation on the test set, from 1. `problem`: why it isn't saved; then no look is counted. */
export interface Kept {
  look?: number;
  problem?: string;
}

type Lists = Pick<ToEvaluate, 'minimalPairs' | 'swaps' | 'tasks'>;

/** The run of a folder, and the step that was evaluated. */
interface MeasuredRun extends Pick<SavedRun, 'folder' | 'data' | 'tokenizer'> {
  info: { id: string; state: { step: number } };
}

/**
 * Replaces the evaluation on the same part. The validation set also sets a classifier's temperature, as in the app.
 * @param lists results that replace those of lists with the same names
 */
export async function keepEvaluation(
  run: MeasuredRun,
  part: 'validation' | 'test',
  evaluation: Evaluation,
  lists: Lists = {},
): Promise<Kept> {
  const { folder, data } = run;
  const testSet = partHash(data, part);
  const listResults = await withListHashes(storable(evaluation), lists);
  try {
    return await transaction(folder, async (place) => {
      const info = await infoIn(place.path);
      if (info?.id !== run.info.id || info.state.step !== run.info.state.step)
        throw badSettings(`The run in ${folder} kept training during the evaluation.`, 'Run evaluate again.');
      const listedFiles = await listedIn(place.path);
      if (!DESCRIBING_FILES.every((name) => listedFiles?.includes(name)))
        throw badSettings(`Homegrown did not write all files of ${folder}.`, 'Evaluate a folder that grow wrote.');
      const looks = part === 'test' ? withTestSetAccess(info.looks, testSet) : info.looks;
      const look = part === 'test' ? testSetAccessCount(looks, testSet) : undefined;
      const madeAt = Date.now();
      const summary = evaluationSummary({
        ...{ part, textHash: testSet, madeAt, evaluation },
        ...(look !== undefined && { look }),
      });
      const otherEvaluations = (info.evaluations ?? []).filter((earlier) => earlier.part !== part);
      const { asked: previousAsked, ...rest } = info;
      const newAsked = hasLists(lists)
        ? mergeListResults(run, previousAsked, listResults, lists, madeAt)
        : previousAsked;
      const decision = part === 'validation' ? fittedDecision(evaluation, info.state.step, info.decision) : undefined;
      const newInfo: RunInfo = {
        ...rest,
        ...(decision && { decision }),
        ...(looks && { looks }),
        evaluations: [...otherEvaluations, ...summary],
        ...(newAsked && { asked: newAsked }),
      };
      const files = tellingFiles({ info: newInfo, tokenizer: run.tokenizer, events: [], formats: allFormats() });
      await replace(
        place,
        DESCRIBING_FILES.map((name) => files.find((file) => file.name === name)!),
      );
      return { ...(look !== undefined && { look }) };
    });
  } catch (error) {
    if (!(error instanceof HomegrownError) && !isSystemError(error)) throw error;
    return { problem: `The evaluation isn't saved in ${folder}. ${error.message}` };
  }
}

const hasLists = (lists: Lists): boolean => Object.values(lists).some((list) => list !== undefined);

/** Returns the new results with those of other lists and of comparisons. */
function mergeListResults(
  { info, tokenizer }: MeasuredRun,
  asked: AskedSummary = { madeAt: 0 },
  listResults: Evaluation,
  lists: Lists,
  madeAt: number,
): AskedSummary | undefined {
  const run = { runId: info.id, step: info.state.step, tokenizerHash: tokenizer.hash };
  const previousRecord = askedRecord(asked, run);
  return askedSummary({
    ...previousRecord,
    madeAt,
    evaluation: askedAnew(previousRecord.evaluation, listResults, lists),
  });
}

/** Returns the evaluations in the folder of a run: another command may have saved one since this one read the run. */
export async function evaluationsIn(folder: string, { id, state }: RunInfo): Promise<Partial<RunInfo>> {
  const stored = await infoIn(folder).catch(() => null);
  if (stored?.id !== id) return {};
  const { looks, evaluations, asked, decision } = stored;
  if (stored.state.step !== state.step) return { ...(looks && { looks }) };
  return {
    ...(looks && { looks }),
    ...(evaluations && { evaluations }),
    ...(asked && { asked }),
    ...(decision && { decision }),
  };
}

/** Null if there is none. @throws HomegrownError `bad-file` */
async function infoIn(folder: string): Promise<RunInfo | null> {
  const path = join(folder, INFO);
  const text = await readFile(path, 'utf8').catch(() => null);
  return text === null ? null : readRunInfo(path, jsonOf(text));
}
