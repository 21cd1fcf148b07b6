/** The studio's state: vanilla zustand slices over two workers and a store. React is one of its readers, not its home. */
import { createStore, type StateCreator, type StoreApi } from 'zustand/vanilla';
import type { BlobStore } from '../core/base/blobStore';
import type { Client } from '../client/connect';
import type { DataApi } from '../protocol/data';
import type { GpuApi } from '../protocol/gpu';
import type { VerifyApi } from '../protocol/verify';
import { type AddingSlice, createAddingSlice } from './adding';
import { createCleaningSlice, type CleaningSlice } from './cleaning';
import { createDeviceSlice, type DeviceSlice } from './device';
import { createEvaluateSlice, type EvaluateSlice } from './evaluate';
import { createListsSlice, type ListsSlice } from './lists';
import { createExportSlice, type ExportSlice } from './export';
import { createMigrationSlice, type MigrationSlice } from './migration';
import { createPlanSlice, type PlanSlice } from './plan';
import { createPlaygroundSlice, type PlaygroundSlice } from './playground';
import { createPreparationSlice, type PreparationSlice } from './preparation';
import { createPrivacySlice, type PrivacySlice } from './privacy';
import { createProjectSlice, type ProjectSlice } from './project';
import { createProjectsSlice, type ProjectsSlice } from './projects';
import { createRunSlice, type RunSlice } from './run';
import { createRunsSlice, type RunsSlice } from './runs';
import { createTextsSlice, type TextsSlice } from './texts';
import { createToastSlice, type ToastSlice } from './toasts';
import { createTrainingSlice, type TrainingSlice } from './training';
import { createTuningSlice, type TuningSlice } from './tuning';
import { createUnreadableSlice, type UnreadableSlice } from './unreadable';

/** What the studio needs from outside: everything that is not pure. */
export interface Services {
  data: Client<DataApi>;
  gpu: Client<GpuApi>;
  verify: Client<VerifyApi>;
  store: BlobStore;
  /** Milliseconds since 1970. */
  now(): number;
  newId(): string;
  /** Keeps the screen on while it is held. */
  wakeLock: { hold(): void; release(): void };
  /** Hands a file to the person. */
  download(file: Blob, name: string): void;
  tabs: Tabs;
}

/** The other tabs of this browser that have Homegrown open. */
export interface Tabs {
  /** Says that something stored has changed. It is a hint: they look for themselves. */
  announce(): void;
  /** `look` is called when another tab announces while this one is seen, and when this one may have missed it. */
  listen(look: () => void): void;
  /** Waits for more hints, so that what follows looks for all of them at once. */
  pause(ms: number): Promise<void>;
  /**
   * Makes this the only tab that trains, until `release` or until it ends, however it ends.
   * @throws HomegrownError `in-use`
   */
  lockTraining(): Promise<{ release(): void }>;
  /**
   * Keeps all tabs from collecting data that no record names, until `release` or until this one ends: what it makes may not
   * have one yet.
   */
  holdData(): Promise<{ release(): void }>;
  /** Says to all tabs that something can be undone here, until `release` or until this one ends. */
  holdUndo(): Promise<{ release(): void }>;
  /** Whether any tab trains, this one too. */
  isTraining(): Promise<boolean>;
}

export type Studio = ProjectSlice &
  ProjectsSlice &
  TextsSlice &
  AddingSlice &
  PreparationSlice &
  PlanSlice &
  RunSlice &
  TrainingSlice &
  TuningSlice &
  RunsSlice &
  EvaluateSlice &
  ListsSlice &
  PlaygroundSlice &
  ExportSlice &
  UnreadableSlice &
  MigrationSlice &
  DeviceSlice &
  CleaningSlice &
  PrivacySlice &
  ToastSlice;
export type Slice<S> = (services: Services) => StateCreator<Studio, [], [], S>;
export type StudioStore = StoreApi<Studio>;

export const createStudio = (services: Services): StudioStore =>
  createStore<Studio>()((...a) => ({
    ...createProjectSlice(services)(...a),
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
    ...createToastSlice(services)(...a),
  }));
