/** Saves a run in the app's store while it trains: steps, journal and record. */
import type { BlobStore } from '../core/base/blobStore';
import type { RunWriter } from '../core/checkpoint/checkpoint';
import { curveKey } from '../core/runs/curve';
import { endStatus } from '../core/runs/ending';
import type { JournalWriter } from '../core/runs/journal';
import { intermediateCheckpoints } from '../core/runs/intermediateCheckpoints';
import { readKnownRun, type RunRecord, updateRun } from '../core/runs/record';
import { recipeOf } from '../core/runs/segments';
import type { TrainEvent, TrainInput, TrainOutcome } from '../core/train/run';
import type { PlannedRun } from './outOfMemory';
import { throttled } from './throttled';
import type { RunPlace } from './trainInPlace';

type Light = NonNullable<TrainInput['light']>;
type KeepBest = NonNullable<TrainInput['keepBest']>;

export class StoredRun implements RunPlace<TrainOutcome> {
  readonly planned: PlannedRun;
  readonly memoryAdvice = ' You can also close other tabs.';
  readonly light: Light;
  private readonly pageEvents;
  private readonly journalEvents;
  /** Resolves when the journal has all events that were appended. */
  private journalWrites: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: BlobStore,
    private readonly record: RunRecord,
    private readonly files: { writer: RunWriter; journal: JournalWriter },
    report: (events: readonly TrainEvent[]) => void,
  ) {
    const { id, model, trainable, keep } = record;
    const recipe = recipeOf(record);
    this.planned = { model, recipe, trainable };
    const intermediate = new Set(intermediateCheckpoints(model, recipe, keep.budget, trainable).steps);
    this.pageEvents = throttled<TrainEvent>(REPORT_MS, report);
    this.journalEvents = throttled<TrainEvent>(JOURNAL_MS, (events) => this.append(events));
    this.light = {
      at: (step) => intermediate.has(step),
      keep: async (...step) => {
        await this.flushJournal();
        // The budget may have changed since the run started.
        return files.writer.keepLight(...step, (await readKnownRun(store, id)).keep.budget);
      },
    };
  }

  event(event: TrainEvent): void {
    this.pageEvents.push(event);
    this.journalEvents.push(event);
  }

  readonly save: TrainInput['save'] = async (snapshot) => {
    await this.flushJournal();
    const saved = await this.files.writer.save(snapshot);
    await updateRun(this.store, this.record.id, (current) => ({ ...current, step: snapshot.state.step }));
    return saved;
  };

  readonly keepBest: KeepBest = async (state, weights) => {
    await this.flushJournal();
    return this.files.writer.keepBest(state, weights);
  };

  async finish(outcome: TrainOutcome): Promise<TrainOutcome> {
    await this.flushJournal();
    await this.setStatus(endStatus(outcome.reason));
    // A list read after the last save lacks the last evaluation.
    await this.store.commit({ drop: [curveKey(this.record.id)] });
    return outcome;
  }

  fail(): Promise<void> {
    return this.setStatus('failed');
  }

  async close(): Promise<void> {
    this.pageEvents.flush();
    this.journalEvents.flush();
    await this.journalWrites.catch(() => undefined);
  }

  private async setStatus(status: RunRecord['status']): Promise<void> {
    await updateRun(this.store, this.record.id, (current) => ({ ...current, status }));
  }

  /** Writes the journal before a step, so that a resume has no gap. */
  private async flushJournal(): Promise<void> {
    this.journalEvents.flush();
    await this.journalWrites;
  }

  /** Appends in order. The next save reports a failed append, because it fails, too. */
  private append(events: readonly TrainEvent[]): void {
    this.journalWrites = this.journalWrites.catch(() => undefined).then(() => this.files.journal.append(events));
    this.journalWrites.catch(() => undefined);
  }
}

/** Milliseconds between two reports to the page, and between two writes of the journal. */
const REPORT_MS = 100;
const JOURNAL_MS = 2000;
