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
import { createPlaygroundSlice } from './playgroundSlice';
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

export function createStudio(external: Services): StudioStore {
  const store = createStore<Studio>()((...api) => {
    const [set, get] = api;
    const toasts = createToasts(external, { get: () => get().toasts, set: (all) => set({ toasts: all }) });
    const session = createTrainingSession({ ...external, toasts }, set, get);
    const keeper = createProjectKeeper({ ...external, toasts, session }, set, get);
    const services = { ...external, toasts, session, keeper };
    return {
      ...createProjectSlice(services)(...api),
      ...createSettingsSlice(services)(...api),
      ...createOpeningSlice(services)(...api),
      ...createProjectsSlice(services)(...api),
      ...createTextsSlice(services)(...api),
      ...createAddingSlice(services)(...api),
      ...createPreparationSlice(services)(...api),
      ...createPlanSlice(services)(...api),
      ...createRunSlice(services)(...api),
      ...createTrainingSlice(services)(...api),
      ...createTuningSlice(services)(...api),
      ...createRunsSlice(services)(...api),
      ...createEvaluateSlice(services)(...api),
      ...createListsSlice(services)(...api),
      ...createPlaygroundSlice(services)(...api),
      ...createExportSlice(services)(...api),
      ...createUnreadableSlice(services)(...api),
      ...createMigrationSlice(services)(...api),
      ...createDeviceSlice(services)(...api),
      ...createCleaningSlice(services)(...api),
      ...createPrivacySlice(services)(...api),
      toasts: [],
      toast: toasts.show,
      dismiss: toasts.dismiss,
    };
  });
  return Object.assign(store, { workers: { data: external.data, gpu: external.gpu } });
}
