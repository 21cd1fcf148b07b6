/** Types of the whole state: the combined slices, and their external services. */
import type { StoreApi } from 'zustand/vanilla';
import type { Client } from '../../client/connect';
import type { BlobStore } from '../../core/base/blobStore';
import type { DataApi } from '../../protocol/data';
import type { GpuApi } from '../../protocol/gpu';
import type { VerifyApi } from '../../protocol/verify';
import type { AddingSlice } from './adding';
import type { CleaningSlice } from './cleaning';
import type { DeviceSlice } from './device';
import type { EvaluateSlice } from './evaluate';
import type { ExportSlice } from './export';
import type { ListsSlice } from './lists';
import type { MigrationSlice } from './migration';
import type { PlanSlice } from './plan';
import type { PlaygroundSlice } from './playground';
import type { PreparationSlice } from './preparation';
import type { PrivacySlice } from './privacy';
import type { OpeningSlice } from './opening';
import type { ProjectKeeper, ProjectSlice } from './project';
import type { ProjectsSlice } from './projects';
import type { RunSlice } from './run';
import type { RunsSlice } from './runs';
import type { SettingsSlice } from './settings';
import type { TextsSlice } from './texts';
import type { Toasts, ToastState } from './toasts';
import type { TrainingSlice } from './training';
import type { TrainingSession } from './trainingSession';
import type { TuningSlice } from './tuning';
import type { UnreadableSlice } from './unreadable';

/** External services of the studio: everything impure. */
export interface Services {
  data: Client<DataApi>;
  gpu: Client<GpuApi>;
  verify: Client<VerifyApi>;
  store: BlobStore;
  /** Milliseconds since 1970. */
  now(): number;
  newId(): string;
  /** Keeps the screen on while held. */
  wakeLock: { hold(): void; release(): void };
  /** Downloads a file. */
  download(file: Blob, name: string): void;
  tabs: Tabs;
}

/** Other open Homegrown tabs of this browser. */
export interface Tabs {
  /** Announces a stored change to other tabs. Only a hint: they read the store themselves. */
  announce(): void;
  /** Calls `look` after an announcement while this tab is visible, and when it may have missed one. */
  listen(look: () => void): void;
  /** Waits for further hints, so that one read covers them all. */
  pause(ms: number): Promise<void>;
  /**
   * Makes this the only tab that trains, until `release` or until it ends, however it ends.
   * @throws HomegrownError `in-use`
   */
  lockTraining(): Promise<{ release(): void }>;
  /**
   * Prevents all tabs from purging data without a record, until `release` or until this tab ends: new data may not have
   * one yet.
   */
  holdData(): Promise<{ release(): void }>;
  /** Tells all tabs that this one can undo something, until `release` or until it ends. */
  holdUndo(): Promise<{ release(): void }>;
  /** Whether any tab trains, including this one. */
  isTraining(): Promise<boolean>;
}

export type Studio = ProjectSlice &
  SettingsSlice &
  OpeningSlice &
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
  ToastState;

export type SetState<S> = (change: Partial<S> | ((state: S) => Partial<S> | S)) => void;

/** Store as seen by a slice that subscribes to it. */
export interface SliceStore<S> {
  getState(): S;
  setState: SetState<S>;
  subscribe(listener: (state: S, before: S) => void): () => void;
}

/**
 * Creates a slice.
 * @template Needs members of other slices that it reads, calls or sets; toasts have a service
 */
export type Slice<Own, Needs = unknown> =
  Extract<keyof Needs, keyof ToastState> extends never
    ? (
        services: SliceServices,
      ) => (set: SetState<Own & Needs>, get: () => Own & Needs, store: SliceStore<Own & Needs>) => Own
    : never;

/** Services of slices: the external ones, and those that the studio creates. */
export interface SliceServices extends Services {
  toasts: Toasts;
  session: TrainingSession;
  keeper: ProjectKeeper;
}

/** Workers that pages call directly. */
export type Workers = Pick<Services, 'data' | 'gpu'>;

/** The state, and workers for values that a page shows without storing them in the state. */
export type StudioStore = StoreApi<Studio> & { workers: Workers };
