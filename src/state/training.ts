/** Starts, stops and resumes the one run that trains. */
import { badSettings, toFailure } from '../core/base/errors';
import { formatCount } from '../core/base/units';
import { updateProject } from '../core/runs/projects';
import { readKnownRun } from '../core/runs/record';
import { headlineWords } from '../core/objectives';
import { memoryShortage } from '../core/train/memory';
import { beginRun, type BeginNeeds } from './beginRun';
import { limitsOf, settingsOf } from './estimate';
import { explain } from './failures';
import { shownRun } from './openRun';
import { askingOf } from './preparation';
import { continuedData, type ResumeNeeds, runResumption } from './resumeRun';
import type { Asking, TrainingSlice } from './slices/training';
import type { Claim } from './slices/trainingSession';
import type { SetState, Slice, SliceServices, Studio } from './slices/studio';
import type { OpenRun } from './slices/run';

type TrainingNeeds = BeginNeeds &
  ResumeNeeds &
  Pick<Studio, 'change' | 'changeRun' | 'endExports' | 'leaveModel' | 'previewLossMask' | 'runs'>;
type TrainingState = TrainingSlice & TrainingNeeds;

export const createTrainingSlice: Slice<TrainingSlice, TrainingNeeds> = (services) => (set, get) => {
  const { gpu, store, tabs, toasts, session } = services;
  return {
    training: null,
    lostAt: [],
    asking: null,
    undecided: null,
    showUndecided: () => set({ undecided: null }),
    ...newRuns(services, set, get),
    ...runResumption(services, get),
    stop() {
      const training = session.current();
      if (!training) return;
      const { tokenizing, building } = get().makingOf(training.projectId);
      const phase = session.phaseOf(training.runId);
      if (phase.kind === 'preparing') for (const work of [tokenizing, building]) if (work.kind === 'busy') work.stop();
      if (phase.kind === 'training') session.setPhase(training.runId, { ...phase, kind: 'stopping' });
      session.stop();
    },
    async ask(asked) {
      const { asking } = get();
      const { id: runId } = shownRun(get(), 'train');
      const isIdle = session.current()?.runId !== runId;
      if (runId === '' || (isIdle && asking !== null)) return;
      if (isIdle) set({ asking: runId });
      try {
        const events = await gpu.call('ask', { runId, asked });
        for (const event of events) {
          get().opened[runId]?.log.append(event);
          // The evaluation may equal an earlier one; nothing else shows that it was repeated.
          if (event.kind !== 'evaluated') continue;
          const { objective } = get().opened[runId]?.record ?? get().project.recipe;
          toasts.show({
            text: `Evaluated step ${formatCount(event.step)}`,
            detail: headlineWords(objective, event.loss),
          });
        }
        if (events.length > 0) get().changeRun(runId, (run) => ({ ...run, logVersion: run.logVersion + 1 }));
      } catch (error) {
        toasts.show({ text: "The run didn't respond", detail: explain(toFailure(error)) });
      } finally {
        if (isIdle) set({ asking: null });
      }
    },
    async adopt(runId) {
      await session.refresh(runId);
      const { opened, project, shown, change, leaveModel, endExports } = get();
      if (!opened[runId]?.record) return;
      const projectId = session.current()?.projectId ?? project.id;
      if (projectId !== project.id) {
        await updateProject(store, projectId, (other) => ({ ...other, runId }));
        tabs.announce();
        return;
      }
      if (shown.train === runId) set({ shown: { ...shown, train: null } });
      if (project.runId === runId) return;
      if (shown.export === null) endExports();
      change({ runId });
      if (shown.playground === null) leaveModel();
    },
  };
};

/** Starts new runs: on the project's texts, from another run's checkpoint, or as a fine-tuning. */
function newRuns(
  services: SliceServices,
  set: SetState<TrainingState>,
  get: () => TrainingState,
): Pick<TrainingSlice, 'start' | 'fork' | 'tune'> {
  const { gpu, store, now, newId, session } = services;

  /** Takes the training lock and runs `begin`. A failure becomes the new run's. */
  async function startNew(
    begin: (runId: string, claim: Claim, pressed: Asking) => Promise<void>,
    fields?: Pick<OpenRun, 'tunes'>,
  ): Promise<void> {
    const pressed = askingOf(get());
    await get().settled();
    if (session.current()) return;
    const runId = newId();
    const claim = await session.claim(runId, pressed.project.id, fields);
    if (!claim) return;
    try {
      await begin(runId, claim, pressed);
    } catch (error) {
      session.fail(runId, toFailure(error));
    } finally {
      claim.end();
    }
  }

  return {
    start: (minutes) =>
      startNew((runId, claim, pressed) => beginRun(services, get, claim, { runId, pressed, minutes })),
    fork: (from, { name, recipe, withTexts = false }) =>
      startNew(async (runId, claim, pressed) => {
        const { id: projectId } = pressed.project;
        const parent = await readKnownRun(store, from.runId);
        const shortage = memoryShortage(parent.model, recipe, limitsOf(get()), parent.trainable);
        if (shortage !== undefined)
          throw badSettings(shortage, 'Nothing was started. Use settings that need less memory.');
        const data = await continuedData(services, get, claim, { source: parent, runId, withTexts, pressed });
        if (!data) return;
        const input = { runId, projectId, name, createdAt: now(), from, recipe, ...data };
        await session.follow({ runId, of: recipe.steps, settings: settingsOf(parent.model, recipe) }, (options) =>
          gpu.call('fork', input, options),
        );
        if (parent.model.config.classes) await (await get().classifying()).judge(runId);
      }),
    tune: (requested, { asksFirst = false } = {}) =>
      startNew(
        async (runId, claim, pressed) => {
          const purpose = requested ?? pressed.project.tuning.purpose;
          if (purpose === 'classify') {
            const { beginClassifier } = await import('./beginClassifier');
            const ask = asksFirst ? () => set({ undecided: pressed.project.id }) : undefined;
            await beginClassifier(services, get, claim, { runId, pressed, ask });
            return;
          }
          const { beginTuning } = await import('./beginTuning');
          await beginTuning(services, get, claim, { runId, pressed, purpose });
        },
        { tunes: true },
      ),
  };
}
