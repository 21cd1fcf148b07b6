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
  past: MeasuredRun,
  part: 'validation' | 'test',
  evaluation: Evaluation,
  lists: Lists = {},
): Promise<Kept> {
  const { folder, data } = past;
  const of = partHash(data, part);
  const found = await withListHashes(storable(evaluation), lists);
  try {
    return await transaction(folder, async (at) => {
      const info = await infoIn(at.path);
      if (info?.id !== past.info.id || info.state.step !== past.info.state.step)
        throw badSettings(`The run in ${folder} kept training during the evaluation.`, 'Run evaluate again.');
      const listed = await listedIn(at.path);
      if (!DESCRIBING_FILES.every((name) => listed?.includes(name)))
        throw badSettings(`Homegrown did not write all files of ${folder}.`, 'Evaluate a folder that grow wrote.');
      const looks = part === 'test' ? withTestSetAccess(info.looks, of) : info.looks;
      const look = part === 'test' ? testSetAccessCount(looks, of) : undefined;
      const madeAt = Date.now();
      const summary = evaluationSummary({
        ...{ part, textHash: of, madeAt, evaluation },
        ...(look !== undefined && { look }),
      });
      const others = (info.evaluations ?? []).filter((each) => each.part !== part);
      const { asked: before, ...rest } = info;
      const asked = isAsked(lists) ? askedNow(past, before, found, lists, madeAt) : before;
      const decision = part === 'validation' ? decisionBy(evaluation, info) : undefined;
      const now: RunInfo = {
        ...rest,
        ...(decision && { decision }),
        ...(looks && { looks }),
        evaluations: [...others, ...summary],
        ...(asked && { asked }),
      };
      const files = tellingFiles({ info: now, tokenizer: past.tokenizer, events: [], formats: allFormats() });
      await replace(
        at,
        DESCRIBING_FILES.map((name) => files.find((file) => file.name === name)!),
      );
      return { ...(look !== undefined && { look }) };
    });
  } catch (error) {
    if (!(error instanceof HomegrownError) && !isSystemError(error)) throw error;
    return { problem: `The evaluation isn't saved in ${folder}. ${error.message}` };
  }
}

/** Undefined if there are no labels, or if the weights contain the temperature. */
function decisionBy({ labelled }: Evaluation, { decision, state }: RunInfo): RunInfo['decision'] {
  if (!labelled || decision?.inWeights) return undefined;
  return { temperature: labelled.temperature, atLeast: decision?.atLeast ?? 0, step: state.step };
}

const isAsked = (lists: Lists): boolean => Object.values(lists).some((list) => list !== undefined);

/** Returns the new results with those of other lists and of comparisons. */
function askedNow(
  { info, tokenizer }: MeasuredRun,
  asked: AskedSummary = { madeAt: 0 },
  found: Evaluation,
  lists: Lists,
  madeAt: number,
): AskedSummary | undefined {
  const run = { runId: info.id, step: info.state.step, tokenizerHash: tokenizer.hash };
  const before = askedRecord(asked, run);
  return askedSummary({ ...before, madeAt, evaluation: askedAnew(before.evaluation, found, lists) });
}

/** Returns the evaluations in the folder of a run: another command may have saved one since this one read the run. */
export async function evaluationsIn(folder: string, { id, state }: RunInfo): Promise<Partial<RunInfo>> {
  const there = await infoIn(folder).catch(() => null);
  if (there?.id !== id) return {};
  const { looks, evaluations, asked, decision } = there;
  if (there.state.step !== state.step) return { ...(looks && { looks }) };
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
