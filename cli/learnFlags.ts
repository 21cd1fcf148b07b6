/** Which flags of grow and tune go together. */
import { flagOf } from '../src/core/base/field';
import { modelIds, modelSpec } from '../src/core/models';
import type { OPTIONS } from './growOptions';
import { UsageError, type Values } from './options';
import { sizeFlags } from './sizeFlags';
import type { Tuning } from '../node/runs/tuning';
import { checkFixedFlags } from './resumeFlags';

/** @returns path of the model to write. @throws UsageError */
export function checkFlags(
  options: Values<typeof OPTIONS>,
  given: ReadonlySet<string>,
  tuning: Tuning | undefined,
): string {
  const { resume, from, data: prepared, minutes } = options;
  const out = options.out ?? resume;
  if (options.text && options.pairs) throw new UsageError("--text can't be combined with --pairs. Use one of them.");
  if (from !== undefined && resume === undefined) checkModelFlags(given);
  if (resume !== undefined) checkFixedFlags(given);
  else if (!options.text && !options.pairs && prepared === undefined && !tuning?.classify)
    throw new UsageError('--text is missing.');
  if (out === undefined) throw new UsageError('--out is missing.');
  if (minutes !== undefined && given.has('steps'))
    throw new UsageError("--minutes can't be combined with --steps. Use one of them.");
  if (given.has('batch-tokens') && (given.has('batch') || given.has('accumulate')))
    throw new UsageError("--batch-tokens can't be combined with --batch or --accumulate. Use one way.");
  return out;
}

/** @throws UsageError if a flag would change what the model of --from sets */
function checkModelFlags(given: ReadonlySet<string>): void {
  const sizes = Object.keys(sizeFlags()).filter((name) => name !== 'context');
  const flag = ['tokenizer', 'special', 'model', ...sizes].find((name) => given.has(name));
  if (flag === undefined) return;
  throw new UsageError(`--${flag} can't change: the model of --from sets it. Remove it, or train a new model.`);
}

/** Flags that set the size of a run: with any of them, no plan is made. */
const SIZE_FLAGS = ['tokenizer', 'special', 'batch', 'batch-tokens', 'accumulate', 'steps'];
const flagsAgainstPlan = (): readonly string[] => [
  ...SIZE_FLAGS,
  ...modelIds().flatMap((id) => Object.keys(modelSpec(id).fields).map(flagOf)),
];
/** Whether the settings are planned. */
export const shouldPlan = (given: ReadonlySet<string>): boolean =>
  given.has('minutes') && !given.has('resume') && !flagsAgainstPlan().some((name) => given.has(name));
