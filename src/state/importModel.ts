/** Imports models as runs; a person sees an external model before it is imported. */
import { toFailure } from '../core/base/errors';
import { formatCount } from '../core/base/units';
import { type Project, UNTITLED } from '../core/runs/project';
import type { RunRecord } from '../core/runs/record';
import { isApplied } from '../core/tokenizer/tokenizer';
import { explain } from './failures';
import { modelOf } from './openRun';
import { isUntouched } from './projects';
import { IDLE, work } from './work';
import type { ExportSlice } from './slices/export';
import type { SetState, SliceServices, Studio } from './slices/studio';

type ModelImport = Pick<ExportSlice, 'importModel' | 'takeIncoming' | 'leaveIncoming'>;
type ImportNeeds = Pick<
  Studio,
  | 'bringBack'
  | 'change'
  | 'changeOf'
  | 'importingModel'
  | 'incoming'
  | 'opened'
  | 'project'
  | 'show'
  | 'shown'
  | 'takeInto'
  | 'texts'
>;

export function modelImport(
  services: Pick<SliceServices, 'data' | 'now' | 'session' | 'tabs' | 'toasts'>,
  get: () => ImportNeeds,
  set: SetState<ImportNeeds>,
): ModelImport {
  const { data, now, tabs, toasts, session } = services;
  const show = runPresenter(services, get);

  /** Reports an import into a project that is no longer open. */
  async function reportElsewhere({ id, name }: Project, file: string, run: { runId: string } | undefined) {
    const { importingModel, changeOf } = get();
    if (run) {
      await changeOf(id, run);
      toasts.show({ text: `Imported ${file} into ${name}` });
    } else if (importingModel.kind === 'failed') {
      set({ importingModel: IDLE });
      toasts.show({ text: `Couldn’t import ${file} into ${name}`, detail: explain(importingModel.failure) });
    }
  }

  async function importFiles(
    files: readonly File[],
    confirmation: { isSeen?: true; context?: number } = {},
  ): Promise<void> {
    const { project } = get();
    const isTraining = session.current() !== null;
    set({ incoming: null });
    const result = await get().takeInto(project.id, () =>
      work(
        (importingModel) => set({ importingModel }),
        now,
        (options) =>
          data.call('importModel', { files, projectId: project.id, addedAt: now(), ...confirmation }, options),
      ),
    );
    const isStillOpen = get().project.id === project.id;
    if (result && 'preview' in result) {
      if (isStillOpen) set({ incoming: { files, preview: result.preview } });
      return;
    }
    if (result) tabs.announce();
    if (!isStillOpen) await reportElsewhere(project, files[0]!.name, result);
    else if (result) await show(result.runId, project.id, isTraining);
  }

  return {
    importModel: (files) => importFiles(files),
    async takeIncoming(context) {
      const { incoming } = get();
      if (incoming) await importFiles(incoming.files, { isSeen: true, context });
    },
    leaveIncoming: () => set({ incoming: null }),
  };
}

/** @returns a function that shows an imported run on the pages of the open project, with a toast that undoes it */
function runPresenter(
  { toasts }: Pick<SliceServices, 'toasts'>,
  get: () => ImportNeeds,
): (runId: string, projectId: string, isTraining: boolean) => Promise<void> {
  async function restore({ id, name }: RunRecord, projectId: string): Promise<void> {
    try {
      if (get().project.id === projectId) await get().bringBack(id);
      else await get().changeOf(projectId, { runId: id });
    } catch (error) {
      toasts.show({ text: `Couldn’t restore ${name}`, detail: explain(toFailure(error)) });
    }
  }
  return async (runId, projectId, isTraining) => {
    const isUnused = isUntouched(get()) && get().project.tokenizer === null;
    const before = modelOf(get(), 'playground')?.record;
    // While a run trains, Train keeps showing it.
    if (isTraining) await Promise.all([get().show('playground', runId), get().show('export', runId)]);
    else await get().bringBack(runId);
    const { change, opened } = get();
    const run = opened[runId]?.record;
    if (!run) return;
    if (isUnused) change(settingsOf(run));
    else if (get().project.name === UNTITLED) change({ name: run.name });
    const step = `At step ${formatCount(run.step)}`;
    toasts.show({
      text: `Imported ${run.name}`,
      detail: before ? `${step}. ${before.name} is on Runs` : step,
      ...(before && !isTraining && { undo: () => void restore(before, projectId) }),
    });
  };
}

/** Name and settings of an unused project, from the imported model. */
function settingsOf({ name, model, tokenizer: { kind } }: RunRecord): Partial<Project> {
  const { id, config, vocabulary } = model;
  // An imported tokenizer that can't be trained here belongs to the run only.
  const tokenizerChoice = isApplied(kind) ? undefined : { kind, vocabulary };
  return { name, ...(tokenizerChoice && { tokenizerChoice }), model: { id, config, byHand: [] } };
}
