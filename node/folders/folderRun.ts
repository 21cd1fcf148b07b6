/** Trains a run in a folder. Each save writes the whole folder; at the end it holds the best step. */
import type { Recipe as CleaningRecipe } from '../../src/core/documents/clean/recipe';
import { allFormats } from '../../src/core/export/formats';
import { resultOf, type RunInfo } from '../../src/core/export/homegrownJson';
import { huggingFaceFiles, tellingFiles } from '../../src/core/export/formats/huggingFace/write';
import type { ByteStream } from '../../src/core/files/byteSource';
import type { Tokenizer } from '../../src/core/tokenizer/tokenizer';
import { endStatus } from '../../src/core/runs/ending';
import { ownOf, type Partly } from '../../src/core/train/partly';
import { endReason } from '../../src/core/train/patience';
import type { Snapshot, TrainEvent, TrainInput, TrainOutcome, TrainState } from '../../src/core/train/run';
import type { PlannedRun } from '../../src/jobs/outOfMemory';
import { type RunPlace, trainInPlace } from '../../src/jobs/trainInPlace';
import { BestStep } from './bestStep';
import { evaluationsIn } from './keepEvaluation';
import { withSteps } from './savedRun';
import { type Saves, withPlace } from './saves';
import { redirectedWords } from './saves';
import { hasImproved, isLastMeasured, infoInFolder } from './stepInFolder';

/** Output that the user reads. */
export interface Notices {
  say(line: string): void;
  /** Removes words drawn in place. */
  end(): void;
}

type Status = NonNullable<RunInfo['status']>;

export interface FolderRunInput {
  saves: Saves;
  progress: Notices;
  /** homegrown.json, whose `result` training keeps up to date. */
  info: RunInfo;
  tokenizer: Tokenizer;
  /** The recipe that cleaned the text. */
  recipe?: CleaningRecipe;
  /** Paths on this machine. */
  local: ByteStream;
  /** Everything that training reads. */
  input: Omit<TrainInput, 'save'>;
  /** Frozen and trained weights together. */
  whole: Partly['whole'];
  /** Events so far, of the part before a resume too. */
  events: readonly TrainEvent[];
  /** Number of steps, which a time limit may change. */
  length: () => number;
  report: (event: TrainEvent) => void;
  /** Keep the weights of the newest save in memory. */
  keepsNewest: boolean;
}

export interface FolderRunEnd {
  outcome: TrainOutcome;
  status: Status;
  /** State of the step that the folder holds. */
  used: TrainState;
  /** Weights of that step, if the run keeps them. */
  newest: Snapshot | undefined;
  /** Leftovers of killed runs that were removed. */
  removed: readonly string[];
}

/**
 * @param stop by a person
 * @param time ends when --minutes are over
 * @throws HomegrownError, with the place of the last save
 */
export async function trainInFolder(run: FolderRunInput, stop: AbortSignal, time = stop): Promise<FolderRunEnd> {
  const folder = new FolderRun(run, AbortSignal.any([stop, time]), () => time.aborted && !stop.aborted);
  try {
    return await trainInPlace(folder, () => ({ ...run.input, length: run.length }), folder.until);
  } catch (error) {
    throw withPlace(error, run.saves);
  }
}

class FolderRun implements RunPlace<FolderRunEnd> {
  readonly planned: PlannedRun;
  readonly keepBest: NonNullable<TrainInput['keepBest']>;
  private newest: Snapshot | undefined;
  private readonly best: BestStep;
  /** Number of events before this session. */
  private readonly earlierEvents: number;

  /**
   * @param until a person or the time ends training
   * @param isTimeOver whether the time ended training, not a person
   */
  constructor(
    private readonly run: FolderRunInput,
    readonly until: AbortSignal,
    private readonly isTimeOver: () => boolean,
  ) {
    const { model, recipe, trainable, from } = run.input;
    this.planned = { model, recipe, trainable };
    this.best = new BestStep(from);
    this.keepBest = this.best.keep;
    this.earlierEvents = run.events.length;
  }

  event(event: TrainEvent): void {
    this.run.report(event);
  }

  readonly save = (snapshot: Snapshot): Promise<{ bytes: number }> =>
    this.saveAs(snapshot, this.statusAt(snapshot.state));

  async finish(outcome: TrainOutcome): Promise<FolderRunEnd> {
    const { reason, state } = outcome;
    const { events, saves } = this.run;
    // A stop saves before it evaluates.
    if (isLastMeasured(events.slice(this.earlierEvents))) await this.writeLastEvaluation(state);
    const isDone = reason !== 'stopped' || this.isTimeOver();
    const used = isDone ? await this.useBest(state) : state;
    const isKept = isDone || hasImproved(events, state.step);
    const removed = isKept ? await saves.settle() : [];
    return { outcome, status: this.statusAt(state), used, newest: this.newest, removed };
  }

  fail(): Promise<void> {
    this.run.progress.end();
    return Promise.resolve();
  }

  close(): Promise<void> {
    return this.run.saves.end();
  }

  private statusAt(state: TrainState): Status {
    const status = endStatus(endReason(state, { ...this.run.input.recipe, steps: this.run.length() }));
    return status === 'stopped' && !this.until.aborted ? 'running' : status;
  }

  private async saveAs(snapshot: Snapshot, status: Status): Promise<{ bytes: number }> {
    const { saves, input, whole, local, progress, keepsNewest } = this.run;
    this.best.see(snapshot);
    this.newest = undefined; // freed before the next one takes memory
    const snapshotWithBase = whole(input.model, snapshot);
    if (keepsNewest)
      this.newest = { state: snapshotWithBase.state, tensors: ownOf(input.model, snapshotWithBase.tensors) };
    const wasRedirected = saves.isRedirected;
    const bytes = await saves.save(snapshot.state.step, async (folder) => {
      const described = await this.describe(snapshot.state, folder, status);
      return [...huggingFaceFiles({ ...described, snapshot: snapshotWithBase, tokens: null }, WITH_OPTIMIZER), local];
    });
    if (saves.isRedirected && !wasRedirected) progress.say(redirectedWords(saves));
    return { bytes };
  }

  /** Returns the folder's description of a step. */
  private async describe(state: TrainState, folder: string, status: Status) {
    const { info, events, tokenizer, recipe, length } = this.run;
    const described = infoInFolder(withSteps(info, Math.max(state.step, length())), state, events, status);
    const evaluations = await evaluationsIn(folder, described);
    return {
      info: { ...described, ...evaluations },
      tokenizer,
      events,
      formats: allFormats(),
      ...(recipe && { recipe }),
    };
  }

  private async writeLastEvaluation(state: TrainState): Promise<void> {
    const { saves, events, local } = this.run;
    const { loss = Infinity } = events.findLast((event) => event.kind === 'evaluated') ?? {};
    const best = loss < (state.best?.loss ?? Infinity) ? { step: state.step, loss } : state.best;
    const newState = { ...state, best };
    await saves.retell(async (folder) => {
      return [...tellingFiles(await this.describe(newState, folder, this.statusAt(newState))), local];
    });
  }

  /** Saves the best step if it beats the latest. @returns the state of the step that the folder then holds */
  private async useBest(latest: TrainState): Promise<TrainState> {
    const { info, events } = this.run;
    const evaluations = events.filter((event) => event.kind === 'evaluated');
    const bestSnapshot = this.best.insteadOf(latest, info, evaluations);
    if (!bestSnapshot) return latest;
    info.result = resultOf(evaluations.findLast(({ step }) => step === bestSnapshot.state.step)!);
    await this.saveAs(bestSnapshot, this.statusAt(latest));
    return bestSnapshot.state;
  }
}

export const WITH_OPTIMIZER = { withOptimizer: true } as const;
