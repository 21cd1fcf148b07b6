/** State of the studio: vanilla zustand slices over two workers and a store. React only reads it. */
import { createStore } from 'zustand/vanilla';
import { createAddingSlice } from './adding';
import { createCleaningSlice } from './cleaning';
import { createDeviceSlice } from './device';
import { createEvaluateSlice } from './evaluate';
import { createListsSlice } from './lists';
import { createExportSlice } from './export';
import { createMigrationSlice } from './migration';
import { createPlanSlice } from './planSlice';
import { createPlaygroundSlice } from './playground';
import { createPreparationSlice } from './preparation';
import { createPrivacySlice } from './privacy';
import { createOpeningSlice } from './opening';
import { createProjectSlice } from './project';
import { createProjectKeeper } from './projectKeeper';
import { createSettingsSlice } from './settings';
import { createProjectsSlice } from './projects';
import { createRunSlice } from './run';
import { createRunsSlice } from './runs';
import { createTextsSlice } from './texts';
import { createToasts } from './toasts';
import { createTrainingSlice } from './training';
import { createTrainingSession } from './trainingSession';
import { createTuningSlice } from './tuning';
import { createUnreadableSlice } from './unreadable';
import type { StudioStore, Studio, Services } from './slices/studio';

export function createStudio(outside: Services): StudioStore {
  const store = createStore<Studio>()((...a) => {
    const [set, get] = a;
    const toasts = createToasts(outside, { get: () => get().toasts, set: (all) => set({ toasts: all }) });
    const session = createTrainingSession({ ...outside, toasts }, set, get);
    const keeper = createProjectKeeper({ ...outside, toasts, session }, set, get);
    const services = { ...outside, toasts, session, keeper };
    return {
      ...createProjectSlice(services)(...a),
      ...createSettingsSlice(services)(...a),
      ...createOpeningSlice(services)(...a),
      ...createProjectsSlice(services)(...a),
      ...createTextsSlice(services)(...a),
      ...createAddingSlice(services)(...a),
      ...createPreparationSlice(services)(...a),
      ...createPlanSlice(services)(...a),
      ...createRunSlice(services)(...a),
      ...createTrainingSlice(services)(...a),
      ...createTuningSlice(services)(...a),
      ...createRunsSlice(services)(...a),
      ...createEvaluateSlice(services)(...a),
      ...createListsSlice(services)(...a),
      ...createPlaygroundSlice(services)(...a),
      ...createExportSlice(services)(...a),
      ...createUnreadableSlice(services)(...a),
      ...createMigrationSlice(services)(...a),
      ...createDeviceSlice(services)(...a),
      ...createCleaningSlice(services)(...a),
      ...createPrivacySlice(services)(...a),
      toasts: [],
      toast: toasts.show,
      dismiss: toasts.dismiss,
    };
  });
  return Object.assign(store, { workers: { data: outside.data, gpu: outside.gpu } });
}
