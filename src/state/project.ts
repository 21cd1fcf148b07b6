/** What the person is making, as it is shown and changed here, and kept in step with the store and other tabs. */
import { toFailure } from '../core/base/errors';
import { allTexts, byUse } from '../core/documents/record';
import { modelSpec } from '../core/models';
import { sizesOf } from '../core/models/spec';
import { objectiveOn } from '../core/objectives';
import { type ModelDraft, ofArchitecture } from '../core/runs/modelDraft';
import { withShownRecipe } from '../core/runs/mergeCleaning';
import { changedFields, FIRST_PROJECT, initialProject, mergeProjects, type Project } from '../core/runs/project';
import { same } from '../core/runs/mergeFields';
import {
  type KeptProject,
  lastOpened,
  migrateProject,
  nextOpened,
  readProject,
  saveProject,
  updateProject,
} from '../core/runs/projects';
import { usualRate, usualRecipe, vocabularySize } from './estimate';
import { explain } from './failures';
import { allWaiting } from './questions';
import { relisting } from './relisting';
import { beginOpening, type Found, MOST_KEPT, MOST_WAIT_MS, type Opening } from './shownWith';
import { waits } from './textNotes';
import { IDLE, type Work } from './work';
import type { ProjectSlice } from './slices/project';
import type { Slice, Studio } from './slices/studio';

export const createProjectSlice: Slice<ProjectSlice, Studio> =
  ({ data, store, tabs, now, newId, toasts, session }) =>
  (set, get) => {
    let last: KeptProject;
    let leaving: string | undefined;
    /** Reads and saves follow each other: each starts from what the one before it left. */
    let queue: Promise<unknown> = Promise.resolve();
    let isQueued = false;
    let waiting = 0;
    const inTurn = <T>(job: () => Promise<T>): Promise<T> => {
      waiting++;
      const mine = queue.then(job).finally(() => waiting--);
      queue = mine.catch(() => undefined);
      return mine;
    };
    /** In its turn only. */
    async function saveNow(): Promise<void> {
      for (;;) {
        const { project } = get();
        const wasUnreadable = last.problem !== undefined;
        const saved = await saveProject(store, last, project);
        if (!saved) {
          const theirs = await readProject(store, project.id);
          if (isGone(theirs)) return leave();
          await takeOver(theirs);
          continue;
        }
        last = saved;
        if (get().project === project) set({ kept: 'yes', project: saved.project }); // its name may be cut
        tabs.announce();
        if (wasUnreadable) await get().listUnreadable();
        if (project.removedAt !== undefined) await leave();
        return;
      }
    }
    const notSaved = (error: unknown): void => {
      set({ kept: 'no' });
      toasts.show({ text: 'The project could not be saved', detail: toFailure(error).message });
    };
    const save = () => {
      set({ kept: 'saving' });
      // A slider changes the project many times while one save is under way; the next one takes them all.
      if (isQueued) return;
      isQueued = true;
      inTurn(() => {
        isQueued = false;
        return saveNow();
      }).catch(notSaved);
    };
    /** What another tab stored, with what was changed here since; a run in progress here stays the one that is shown. */
    async function takeOver(theirs: KeptProject): Promise<void> {
      const base = await withShownRecipe(last.project, theirs.project);
      const { project: mine } = get();
      const training = session.current();
      const merged = mergeProjects(base, mine, theirs.project);
      const project = training?.projectId === mine.id ? { ...merged, runId: mine.runId } : merged;
      last = theirs;
      const changed = changedFields(mine, project);
      if (changed.length === 0) return;
      set({ project });
      tell(changed);
      if (changed.includes('tokenizer')) await get().loadTexts();
      if (changed.includes('runId')) await get().loadRun();
    }
    /** An older build did not store a project with its first text, and none is with a question alone: nobody would find that again. */
    const isToBeFound = (): boolean =>
      last.stored === undefined && allTexts(get()).length + allWaiting(get()).length > 0;
    const isGone = ({ stored }: KeptProject): boolean => stored === undefined && last.stored !== undefined;
    /** The project was deleted in another tab: another one is opened. */
    async function leave(): Promise<void> {
      const { project, open } = get();
      if (leaving === project.id) return;
      leaving = project.id;
      set({ kept: 'yes' }); // what it could be kept in is gone, or has it
      get().skip(allWaiting(get()));
      toasts.show({ text: `${project.name} was deleted in another tab` });
      void open(await nextOpened(store, newId, now(), project.id)); // in its turn
    }
    /** A project to open, or why there is none. */
    async function find(id: string): Promise<Found> {
      try {
        const kept = await readProject(store, id);
        if (isThere(kept) || (id === FIRST_PROJECT && (await lastOpened(store, newId)) === id)) return kept;
        if (kept.stored !== undefined) return { text: `${kept.project.name} was deleted` };
        return { text: 'There is no such project here', detail: `at /p/${id}` };
      } catch (error) {
        return { text: 'This project cannot be opened', detail: explain(toFailure(error)) };
      }
    }
    const begin = (id: string): Opening => beginOpening(id, find, data, get);
    /** What projects that may be opened next would be shown with. */
    const ahead = new Map<string, Opening>();
    const notCaughtUp = (error: unknown): void =>
      toasts.show({ text: 'Couldn’t read changes from other tabs', detail: toFailure(error).message });
    const listAnew = relisting(get, session, (ms) => tabs.pause(ms), notCaughtUp);
    const tell = (changed: readonly (keyof Project)[]): void => {
      for (const { id, text } of toasts.list()) if (text === ELSEWHERE) toasts.dismiss(id);
      const words = [...new Set(changed.flatMap((field) => WORDS[field] ?? []))];
      if (words.length === 0) return;
      const list = [words.slice(0, -1).join(', '), words.at(-1)].filter((part) => part !== '').join(' and ');
      toasts.show({ text: ELSEWHERE, detail: `updated here: ${list}` });
    };
    /** Not before what it is shown with is read and drawn, which would wait for this: only the order of the menu follows from it. */
    function tellOpened(id: string, read: unknown, openedAt: number): void {
      void Promise.resolve(read)
        .catch(() => undefined)
        .then(() => tabs.pause(DRAWING_MS))
        .then(() => get().changeOf(id, { openedAt }))
        .catch(() => undefined);
    }
    const change = (changes: Partial<Project>) => {
      set(({ project }) => ({ project: { ...project, ...changes } }));
      save();
    };
    const changeModel = (model: Partial<ModelDraft>) =>
      change({ model: { ...get().project.model, ...model, isEdited: true } });

    return {
      project: initialProject(),
      loaded: 'loading',
      kept: 'yes',
      trainingElsewhere: false,
      change,
      changeOf: (id, changes) =>
        inTurn(async () => {
          if (id === get().project.id) {
            change(changes);
            return;
          }
          await updateProject(store, id, (project) => ({ ...project, ...changes }));
          tabs.announce();
        }),
      setRecipe(given) {
        const { project } = get();
        const recipe = { ...project.recipe, ...given };
        const usual = usualRate(project, recipe.optimizer);
        if (given.learningRate !== undefined) {
          change({ recipe, rateByHand: given.learningRate !== usual });
        } else if (recipe.optimizer === project.recipe.optimizer || project.rateByHand) {
          change({ recipe });
        } else change({ recipe: { ...recipe, learningRate: usual } });
      },
      resetRecipe: () => change({ recipe: usualRecipe(get().project), rateByHand: false }),
      setRecompute: (recompute) =>
        change({ recompute, recipe: { ...get().project.recipe, recompute: recompute === 'on' } }),
      chooseModel(id) {
        const { project } = get();
        const { recipe } = project;
        change({
          model: ofArchitecture(project.model, id, vocabularySize(project)),
          recipe: { ...recipe, objective: objectiveOn(id, recipe.objective) },
        });
      },
      setModel(size, value) {
        const { config, byHand: before } = get().project.model;
        const byHand = [...before.filter((other) => other !== size), size];
        changeModel({ config: { ...config, [size]: value }, byHand });
      },
      setSize(parameters) {
        const { project } = get();
        const { id, config, byHand } = project.model;
        const sized = modelSpec(id).sized(parameters, vocabularySize(project));
        const kept = Object.fromEntries(byHand.map((size) => [size, sizesOf(config)[size]]));
        changeModel({ config: { ...sized, ...kept } });
      },
      usePreset(name) {
        const preset = modelSpec(get().project.model.id).presets.find((p) => p.name === name);
        if (preset) changeModel({ config: preset.config, byHand: [] });
      },
      async load(id) {
        // What cannot be moved now, on a full disk, opens from where it is.
        await migrateProject(store, newId).catch(() => undefined);
        const asked = id === undefined ? undefined : await find(id);
        last = asked && 'project' in asked ? asked : await readProject(store, await lastOpened(store, newId));
        set({ project: last.project, trainingElsewhere: await tabs.isTraining().catch(() => false) });
        await Promise.all([get().loadTexts(), get().loadRun()]);
        set({ loaded: 'ready' });
        tabs.listen(() => void get().catchUp().then(listAnew));
        get()
          .listUnreadable()
          .catch((error: unknown) =>
            toasts.show({ text: 'Couldn’t check the stored data', detail: toFailure(error).message }),
          );
      },
      async open(id) {
        const { project: before } = get();
        if (id === before.id) return true;
        get().stopListing();
        // What it is shown with is read while the one before stands, so that one picture follows the other: from the press on,
        // or before it, unless something comes before that may change it.
        const isFree = waiting === 0;
        const early = isFree ? ahead.get(id) : undefined;
        const rowsBefore = early?.runs?.rows;
        ahead.clear();
        const asked = isFree ? (early ?? begin(id)) : undefined;
        return inTurn(async () => {
          if (id === get().project.id) return true;
          const { found: finding, all, there, texts, runs, run, own } = asked ?? begin(id);
          const found = await finding;
          if ('text' in found) {
            toasts.show(found);
            return false;
          }
          await Promise.race([all, tabs.pause(MOST_WAIT_MS)]);
          // Changed while it was looked for, or never stored.
          if (get().project !== last.project || isToBeFound()) await saveNow().catch(notSaved);
          last = found;
          leaving = undefined;
          const left = allWaiting(get());
          if (left.length > 0) toasts.show(waits(left));
          const asLeft = get().turnRunsTo(id, rowsBefore);
          const shown = get().shownOf(found.project, there.run);
          set((s) => ({
            project: found.project,
            // What is not read yet is not to be taken for nothing.
            loaded: there.texts ? 'ready' : 'loading',
            kept: 'yes',
            // Of the project that is left; what is being made of it goes on.
            ...(there.texts ?? byUse([], id)),
            runs: runs?.rows ?? asLeft,
            drop: null,
            openedTable: null,
            importingModel: withoutFailure(s.importingModel),
            incoming: null,
            ...shown,
            ...s.makingOf(id),
          }));
          // What is there by now is shown with it: of all this a page that shows it is drawn once. What was there before the
          // press is read anew: something may have changed since.
          const listing = rowsBefore ? undefined : runs;
          const list = (): unknown => get().project.id === id && get().listRuns(listing ?? get().runsOf(id));
          const listed = runs || there.own ? list() : own.then(list, list);
          await Promise.all([
            get()
              .loadTexts(early && there.texts ? undefined : texts)
              .finally(() => set((s) => (s.loaded === 'ready' ? s : { loaded: 'ready' }))),
            get().loadRun(await run, !shown.openingRuns),
          ]);
          if (early) void get().catchUp();
          if (found.stored !== undefined) tellOpened(id, listed, now());
          return true;
        });
      },
      lookAhead(id) {
        const opening = ahead.get(id) ?? begin(id);
        ahead.delete(id);
        ahead.set(id, opening);
        if (ahead.size > MOST_KEPT) ahead.delete(ahead.keys().next().value!);
        // What cannot be read is asked for again, and then told.
        Promise.all([opening.own, opening.runs?.whole]).catch(() => ahead.delete(id));
        return opening.all;
      },
      lookAway: () => ahead.clear(),
      keep: () =>
        inTurn(async () => {
          if (get().loaded === 'ready' && last.stored === undefined) await saveNow();
        }).catch(notSaved),
      flush: () => inTurn(() => Promise.resolve()),
      catchUp: () =>
        inTurn(async () => {
          const theirs = await readProject(store, last.project.id);
          if (isGone(theirs)) return leave();
          if (!same(theirs.stored, last.stored)) await takeOver(theirs);
          if (get().project.removedAt !== undefined) return leave();
          const was = get().trainingElsewhere;
          const is = !session.current() && (await tabs.isTraining());
          // What was trained there is opened when it has ended; until it is, what is shown is not where that run is.
          try {
            if (was && !is && !session.current()) await get().loadRun();
          } finally {
            set({ trainingElsewhere: is });
          }
          await get().catchUpRuns();
        }).catch(notCaughtUp),
    };
  };

/** What is shown of a project that was opened is drawn by then, as a rule. */
const DRAWING_MS = 500;

const withoutFailure = (work: Work): Work => (work.kind === 'failed' ? IDLE : work);
const isThere = ({ stored, project }: KeptProject): boolean => stored !== undefined && project.removedAt === undefined;

const ELSEWHERE = 'The project changed in another tab';
/** The others aren't reported. */
const WORDS: Partial<Record<keyof Project, string>> = {
  ...{ name: 'name', tokenizer: 'tokenizer', data: 'data', runId: 'run', baseline: 'baseline' },
  tokenizerChoice: 'settings',
  split: 'settings',
  model: 'settings',
  recipe: 'settings',
  recompute: 'settings',
  rateByHand: 'settings',
  plan: 'settings',
};
