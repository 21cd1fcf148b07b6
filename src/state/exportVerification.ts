/** Verifies exported files with another engine, one at a time, as each check holds a model in memory. */
import { checkOf } from '../core/export/format';
import { type FormatId, FORMATS } from '../core/export/formats';
import type { RunRecord } from '../core/runs/record';
import { atTemperature } from '../core/verify/asDistribution';
import { uncheckable } from '../core/verify/check';
import { matches } from '../core/verify/compare';
import type { Reference } from '../core/verify/reference';
import { modelOf } from './openRun';
import { work } from './work';
import type { ExportedFile, Exporting } from './slices/export';
import type { SliceServices, Studio } from './slices/studio';

type VerificationNeeds = Pick<Studio, 'exports' | 'opened' | 'project' | 'shown'>;

/** @returns a function that verifies a file after the files before it; `setExport` shows the state of a format */
export function exportVerifier(
  { gpu, verify, now }: Pick<SliceServices, 'gpu' | 'verify' | 'now'>,
  get: () => VerificationNeeds,
  setExport: (format: FormatId, exporting: Exporting) => void,
): (format: FormatId, blob: Blob, file: ExportedFile) => void {
  let lastCheck: Promise<void> = Promise.resolve();
  let lastReference: { key: string; reference: Promise<Reference> } | undefined;

  /** Reference outputs of our engine for a checkpoint, computed once for all formats. */
  function referenceOf(runId: string, step: number): Promise<Reference> {
    const key = `${runId} ${step}`;
    if (lastReference?.key !== key) {
      lastReference = { key, reference: gpu.call('reference', { runId, which: step }) };
      lastReference.reference.catch(() => (lastReference = undefined));
    }
    return lastReference.reference;
  }

  /** Whether no other run and no newer file replaced the file. */
  const isCurrent = (format: FormatId, file: ExportedFile): boolean => fileOf(get().exports[format]) === file;
  const update = (format: FormatId, exporting: Exporting & { file: ExportedFile }): void => {
    if (isCurrent(format, exporting.file)) setExport(format, exporting);
  };

  async function check(format: FormatId, blob: Blob, file: ExportedFile, previous: Promise<void>): Promise<void> {
    const run = modelOf(get(), 'export')?.record;
    const reason = run ? uncheckable(checkOf(FORMATS[format], run.model), run.model) : null;
    if (reason !== null) {
      setExport(format, { kind: 'uncheckable', file, reason });
      await previous; // the next check waits for that one
      return;
    }
    const stopped = new AbortController();
    const stop = (): void => {
      stopped.abort();
      update(format, { kind: 'unchecked', file, failure: null });
    };
    setExport(format, { kind: 'waiting', file, stop });
    await previous;
    // Skips a check that was stopped while it waited, or whose file a newer one replaced with its own check.
    if (run && !stopped.signal.aborted && isCurrent(format, file)) await compare(format, blob, file, run);
  }

  async function compare(format: FormatId, blob: Blob, file: ExportedFile, run: RunRecord): Promise<void> {
    const figures = await work(
      (state) => {
        if (state.kind === 'busy') update(format, { kind: 'checking', file, work: state });
        else update(format, { kind: 'unchecked', file, failure: state.kind === 'failed' ? state.failure : null });
      },
      now,
      async (options) => {
        options.signal.addEventListener('abort', () => verify.end());
        try {
          const reference = await rejectOnAbort(options.signal, referenceOf(run.id, file.step));
          const input = { file: blob, format, model: run.model, ours: atTemperature(reference, file.temperature) };
          return await verify.call('verify', input, options);
        } finally {
          verify.end(); // frees its memory
        }
      },
    );
    if (figures) update(format, { kind: matches(figures) ? 'verified' : 'mismatch', file, figures });
  }

  return (format, blob, file) => {
    lastCheck = check(format, blob, file, lastCheck);
  };
}

/** The newest exported file of a format, if there is one. */
export const fileOf = (exporting: Exporting | undefined): ExportedFile | undefined =>
  exporting && 'file' in exporting ? exporting.file : undefined;

/** Stops a format's verification, whether it runs or waits. */
export function stopCheck(exporting: Exporting | undefined): void {
  if (exporting?.kind === 'waiting') exporting.stop();
  if (exporting?.kind === 'checking' && exporting.work.kind === 'busy') exporting.work.stop();
}

/** Rejects when the signal aborts; the work behind `promise` may end later. */
export const rejectOnAbort = <T>(signal: AbortSignal, promise: Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('Stopped')));
    promise.then(resolve, reject);
  });
