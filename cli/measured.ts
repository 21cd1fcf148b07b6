/** What is measured of the run in a folder is told there, by the files that tell of it: its tensors, its curve and its list stay. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { badSettings, HomegrownError } from '../src/core/base/errors';
import type { Evaluation } from '../src/core/evaluate/evaluation';
import { readRunInfo, type RunInfo } from '../src/core/export/homegrownJson';
import { tellingFiles } from '../src/core/export/huggingFace';
import { looked, looksAt } from '../src/core/runs/looks';
import { partHash } from '../src/core/runs/partHash';
import { toldEvaluation } from '../src/core/runs/toldEvaluations';
import { isSystemError } from './failure';
import { jsonOf } from './json';
import { listedIn } from './listed';
import type { Past } from './resume';
import { transaction } from './transaction';
import { replace } from './write';

const INFO = 'homegrown.json';
/** Written from what the first says, in this order. */
const TOLD = [INFO, 'README.md', 'DATASHEET.md'];

/** Of the test part: the how manieth look it was. `problem`: why it is not told there, and a look not counted. */
export interface Kept {
  look?: number;
  problem?: string;
}

/** What was measured of a folder's model on a part of its own, in place of what was told of that part. */
export async function keepMeasured(past: Past, part: 'validation' | 'test', evaluation: Evaluation): Promise<Kept> {
  const { folder, data } = past;
  const of = partHash(data, part);
  try {
    return await transaction(folder, async (at) => {
      const info = await infoIn(at.path);
      if (info?.id !== past.info.id || info.state.step !== past.info.state.step)
        throw badSettings(`The run in ${folder} has gone on meanwhile.`, 'Measure it again.');
      const listed = await listedIn(at.path);
      if (!TOLD.every((name) => listed?.includes(name)))
        throw badSettings(`Files of ${folder} are not Homegrown’s own.`, 'Measure the folder that grow has written.');
      const looks = part === 'test' ? looked(info.looks, of) : info.looks;
      const look = part === 'test' ? looksAt(looks, of) : undefined;
      const told = toldEvaluation({
        ...{ part, textHash: of, madeAt: Date.now(), evaluation },
        ...(look !== undefined && { look }),
      });
      const others = (info.evaluations ?? []).filter((each) => each.part !== part);
      const now: RunInfo = { ...info, ...(looks && { looks }), evaluations: [...others, ...told] };
      const files = tellingFiles({ info: now, tokenizer: past.tokenizer, events: [] });
      await replace(
        at,
        TOLD.map((name) => files.find((file) => file.name === name)!),
      );
      return { ...(look !== undefined && { look }) };
    });
  } catch (error) {
    if (!(error instanceof HomegrownError) && !isSystemError(error)) throw error;
    return { problem: `It is not kept in ${folder}. ${error.message}` };
  }
}

/** What is told in a folder of a run that goes on there: it may have been measured since this command read it. */
export async function measuredIn(folder: string, { id, state }: RunInfo): Promise<Partial<RunInfo>> {
  const there = await infoIn(folder).catch(() => null);
  if (there?.id !== id) return {};
  const { looks, evaluations, asked } = there;
  if (there.state.step !== state.step) return { ...(looks && { looks }) };
  return { ...(looks && { looks }), ...(evaluations && { evaluations }), ...(asked && { asked }) };
}

/** Null where there is none. @throws HomegrownError `bad-file` */
async function infoIn(folder: string): Promise<RunInfo | null> {
  const path = join(folder, INFO);
  const text = await readFile(path, 'utf8').catch(() => null);
  return text === null ? null : readRunInfo(path, jsonOf(text));
}
