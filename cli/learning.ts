/** Runs grow and tune: flags become a request, the run trains into its folder, and its result is printed. */
import { infoInFolder } from '../node/folders/stepInFolder';
import { opening } from '../node/folders/readModel';
import { openSavedRun, type SavedRun } from '../node/folders/savedRun';
import { Saves } from '../node/folders/saves';
import { realPath } from '../node/folders/target';
import { WRITTEN_NEXT_TO } from '../node/folders/write';
import { evaluateTuned } from '../node/runs/evaluateTuned';
import { openRun } from '../node/runs/openRun';
import { trainRun } from '../node/runs/trainRun';
import type { Tuning } from '../node/runs/tuning';
import { openData } from '../node/texts/data';
import type { OPTIONS } from './growOptions';
import { checkFlags } from './learnFlags';
import { UsageError, type Values } from './options';
import { Progress } from './progress';
import { requestedRun } from './requestedRun';
import { deviceOf } from './resumeFlags';
import { RunPrinter } from './runPrinter';
import { printSummary } from './summary';
import { interruptible, openDevice, softwareAdapter, stderr } from './terminal';
import { savedStepWords } from './stepWords';

/**
 * @param tuning settings of tune alone
 * @returns the exit code
 */
export async function learn(
  typed: Values<typeof OPTIONS>,
  given: ReadonlySet<string>,
  tuning?: Tuning,
): Promise<number> {
  const options = await withPairsOfData(typed);
  const out = checkFlags(options, given, tuning);
  const request = requestedRun(options, given, out, tuning);
  const saves = new Saves(out);
  const { resume } = options;
  const isInPlace = resume !== undefined && (await realPath(out)) === (await realPath(resume));
  // Reads the folder after an interrupted save is recovered.
  if (isInPlace) await opening(out, () => saves.adopt());
  const past = resume === undefined ? null : await openSavedRun(resume);
  if (past) checkBase(options, past);
  const kind = past && !given.has('device') ? deviceOf(past) : options.device;
  const devices = { open: openDevice, softwareAdapter };
  const opened = await openRun(request, { saves, past, isInPlace }, kind, devices);
  const signal = interruptible();
  const printer = new RunPrinter(options, new Progress(stderr, !options.json));
  const trained = await trainRun(opened, printer, signal);
  if (trained.removed.length > 0) stderr.write(`Removed leftovers of killed runs: ${trained.removed.join(', ')}.\n`);
  printer.end();
  printer.say(savedStepWords(infoInFolder(trained.info, trained.used, trained.events, trained.status)));
  printSummary(trained, await evaluateTuned(trained, signal), options, printer);
  return saves.isOvertaken ? WRITTEN_NEXT_TO : 0;
}

/** A folder of prepare --pairs stands for its table. */
async function withPairsOfData(typed: Values<typeof OPTIONS>): Promise<Values<typeof OPTIONS>> {
  const { data, text, pairs } = typed;
  if (data === undefined) return typed;
  if (text ?? pairs) throw new UsageError("--data can't be combined with --text or --pairs. Use one of them.");
  return (await openData(data)).isOfPairs ? { ...typed, pairs: [data] } : typed;
}

/** @throws UsageError if --from can't name the base of the run that resumes */
function checkBase({ from }: Values<typeof OPTIONS>, { info }: SavedRun): void {
  if (from === undefined || info.trainable?.adapter || info.replayed) return;
  throw new UsageError('--from starts a new run from a model; --resume continues a run. Use one of them.');
}
