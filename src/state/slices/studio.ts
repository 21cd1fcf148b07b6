/** Types of the whole state: what its slices offer together, and what they need from outside. */
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

/** The store, as a slice that watches it sees it. */
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

/** What slices get: the services from outside, and those that the studio makes. */
export interface SliceServices extends Services {
  toasts: Toasts;
  session: TrainingSession;
  keeper: ProjectKeeper;
}

/** Workers that pages call themselves. */
export type Workers = Pick<Services, 'data' | 'gpu'>;

/** The state, and the workers that compute what a page shows without keeping it in the state. */
export type StudioStore = StoreApi<Studio> & { workers: Workers };
