/** Beginning, stopping and resuming the one run that trains. */
import { learntOf } from '../core/documents/record';
import { badSettings, HomegrownError, toFailure, type Failure } from '../core/base/errors';
import { formatCount } from '../core/base/units';
import type { RunRecord } from '../core/runs/record';
import { dataOf, recipeOf } from '../core/runs/segments';
import { memoryShortage } from '../core/train/memory';
import { problems, unfit } from '../core/train/problems';
import type { Recipe } from '../core/train/recipe';
import type { ModelChoice, TrainEvent, TrainOutcome } from '../core/train/run';
import type { BeginInput, ResumeInput } from '../protocol/gpu';
import { limitsOf, recipeOf as nextRecipe } from './estimate';
import { remedy } from './failures';
import { RunLog } from './runLog';
import { isActive, next } from './phase';
import { hasOtherTexts, textIds } from './preparation';
import type { Slice, Studio } from './studio';
import { work } from './work';

export interface TrainingSlice {
  /** Steps at which these settings have lost the GPU since they last came to an end. */
  lostAt: readonly number[];
  /** Prepares what is missing and begins a new run with the project's settings. */
  start(): Promise<void>;
  /** Ends at the next step boundary and saves; not an error. */
  stop(): void;
  /** Continues to `steps` in all, or to what the run was to have. */
  resume(steps?: number): Promise<void>;
  /** One click: a bundled text, settings that suit it, and off. */
  growSample(file: string): Promise<void>;
}

export const createTrainingSlice: Slice<TrainingSlice> =
  ({ gpu, data, now, newId, wakeLock, tabs }) =>
  (set, get) => {
    let abort = new AbortController();
    /** What `lostAt` counts for. */
    let lostWith = '';

    /** While it is held no other tab trains. Undefined when one does: that is said, and nothing has changed. */
    async function trainHere(): Promise<{ end(): void } | undefined> {
      const { phase } = get();
      set({ phase: { kind: 'preparing' } }); // a second press meanwhile is none
      const lock = await tabs.lockTraining().catch((error: unknown) => toFailure(error));
      set({ phase });
      tabs.announce();
      if ('code' in lock) {
        get().toast({ text: lock.message, detail: remedy(lock) });
        await get().catchUp();
        return undefined;
      }
      return {
        end() {
          lock.release();
          tabs.announce();
        },
      };
    }

    /** What failed, for the page; a GPU that the same settings have lost before is told with the steps. */
    function failed(error: unknown, step: number, settings: string): Failure {
      const failure = toFailure(error);
      if (failure.code !== 'device-lost') return failure;
      const lostAt = [...(lostWith === settings ? get().lostAt : []), step];
      lostWith = settings;
      set({ lostAt });
      return lostAt.length === 1 ? failure : { ...failure, ...lostAgain(lostAt, failure.message) };
    }

    /** Runs `begin` from compiling to its outcome, telling the log and the phase. */
    async function follow(
      { runId, of, settings }: { runId: string; of: number; settings: string },
      begin: (options: {
        signal: AbortSignal;
        onProgress(events: readonly TrainEvent[]): void;
      }) => Promise<TrainOutcome>,
    ): Promise<void> {
      abort = new AbortController();
      wakeLock.hold();
      set({ phase: { kind: 'compiling' } });
      const onProgress = (events: readonly TrainEvent[]) => {
        const { log, phase, logVersion, saved, model } = get();
        for (const event of events) log.append(event);
        // What it resumes from has just been opened, or set aside for an older one.
        if (phase.kind === 'compiling' && events.some((e) => e.kind === 'step')) void get().lookAgain();
        const save = events.findLast((e) => e.kind === 'saved');
        const newest = save ? { step: save.step, bytes: save.bytes, at: now() } : saved;
        const isModel = model?.run.id === runId;
        const isBegun = events.some((e) => e.kind === 'compiling' && !e.kernels);
        set({
          phase: events.reduce((p, e) => next(p, e, of), phase),
          logVersion: logVersion + 1,
          saved: newest,
          ...(isModel && newest && { model: { ...model, saved: newest } }),
        });
        // A new run's record is there before its first save; where one goes on, its own says with what, before its first step.
        if (isModel ? isBegun : save)
          void get()
            .adopt(runId)
            .catch(() => undefined); // tried again at its end, and told there
      };
      try {
        const { reason, state } = await begin({ signal: abort.signal, onProgress });
        await get().adopt(runId);
        set({ phase: { kind: reason, step: state.step, of }, lostAt: [] });
      } catch (error) {
        const step = get().log.step.at(-1) ?? 0;
        await get()
          .adopt(runId)
          .catch(() => undefined); // what failed is told; the record only says so too
        set({ phase: { kind: 'failed', failure: failed(error, step, settings), step, of } });
        await get().lookAgain();
      } finally {
        wakeLock.release();
      }
    }

    /** What a run goes on with: its own data, or for a model that was brought in, the texts cut by its tokenizer. */
    async function sourceFor(run: RunRecord): Promise<Partial<ResumeInput> | null> {
      const { id, facts } = dataOf(run);
      if (id !== null) return {};
      const { tokenizer } = run;
      const { texts, project, phase, saved } = get();
      const fail = (failure: Failure): null => {
        set({ phase: { kind: 'failed', failure, step: saved?.step ?? 0, of: 0 } });
        return null;
      };
      if (texts.length === 0) {
        const error = badSettings(
          'This model was brought in without the text that it learnt from, so it cannot go on',
          'Add that text, or another, then resume.',
        );
        return fail(toFailure(error));
      }
      set({ phase: { kind: 'preparing' } });
      const validationShare = facts?.split.validation ?? project.split.validation;
      const built = await work(
        (building) => set({ building }),
        now,
        (options) => data.call('buildData', { texts: textIds(get()), tokenizer, validationShare }, options),
      );
      if (built) return { data: built, texts: textFacts(texts) };
      const { building } = get();
      if (building.kind === 'failed') return fail(building.failure);
      set({ phase }); // it was stopped
      return null;
    }

    return {
      lostAt: [],
      async start() {
        await get().opened();
        const { phase } = get();
        if (isActive(phase)) return;
        const lock = await trainHere();
        if (!lock) return;
        set({ phase: { kind: 'preparing' } });
        try {
          if (get().texts.length === 0) throw badSettings('There is no text to learn from', 'Add text, or a sample.');
          if (!(await get().prepare())) {
            const { tokenizing, building } = get();
            const unready = [tokenizing, building].find((w) => w.kind === 'failed');
            set({ phase: unready ? { kind: 'failed', failure: unready.failure, step: 0, of: 0 } : phase });
            return;
          }
          const { project, texts } = get();
          const { tokenizer, data: record } = project;
          const limits = limitsOf(get());
          const recipe = nextRecipe(project, limits);
          if (!tokenizer || !record) throw new HomegrownError('bug', 'Preparation ended without data');
          const model = { id: project.model.id, config: project.model.config, vocabulary: tokenizer.size };
          const { train, validation } = record.manifest.parts;
          const wrong = problems(model, recipe, { train: train.tokens, validation: validation.tokens }, limits);
          if (wrong.length > 0) throw unfit(wrong);
          const runId = newId();
          const input = {
            runId,
            projectId: project.id,
            name: project.name,
            createdAt: now(),
            model,
            recipe,
            tokenizer: tokenizer.model,
            data: record,
            texts: textFacts(texts),
          };
          set({ log: new RunLog(), saved: null, run: null });
          await follow({ runId, of: recipe.steps, settings: settingsOf(model, recipe) }, (options) =>
            gpu.call('begin', input, options),
          );
        } catch (error) {
          set({ phase: { kind: 'failed', failure: toFailure(error), step: 0, of: 0 } });
        } finally {
          lock.end();
        }
      },
      stop() {
        const { phase, tokenizing, building } = get();
        if (phase.kind === 'preparing') for (const w of [tokenizing, building]) if (w.kind === 'busy') w.stop();
        if (phase.kind === 'training') set({ phase: { ...phase, kind: 'stopping' } });
        abort.abort();
      },
      async resume(steps) {
        await get().opened();
        const { run, phase } = get();
        if (!run || isActive(phase)) return;
        const recipe = recipeOf(run);
        const of = steps ?? recipe.steps;
        const shortage = memoryShortage(run.model, recipe, limitsOf(get()));
        if (shortage !== undefined) {
          const error = badSettings(
            shortage,
            'Nothing was started. Resume it where it was trained, or allow it more memory on the Model page.',
          );
          set({ phase: { kind: 'failed', failure: toFailure(error), step: get().saved?.step ?? 0, of: 0 } });
          return;
        }
        const lock = await trainHere();
        if (!lock) return;
        try {
          const source = await sourceFor(run);
          if (!source) return;
          if (dataOf(run).id !== null && hasOtherTexts(run, get())) {
            get().toast({
              text: 'It goes on with the text that it began with',
              detail: 'what changed since is learnt by a new run',
            });
          }
          await follow({ runId: run.id, of, settings: settingsOf(run.model, recipe) }, (options) =>
            gpu.call('resume', { runId: run.id, ...source, ...(steps !== undefined && { steps }) }, options),
          );
        } finally {
          lock.end();
        }
      },
      async growSample(file) {
        if (isActive(get().phase)) return;
        if (await get().addSample(file)) await get().start();
      },
    };
  };

/** What the model card says of the texts. */
const textFacts = (texts: Studio['texts']): BeginInput['texts'] =>
  texts.map((text) => {
    const { characters, sha256 } = learntOf(text);
    return { name: text.name, characters, sha256, ...(text.licence !== null && { licence: text.licence }) };
  });

/** What a step costs the device depends on these alone. */
const settingsOf = (model: ModelChoice, { batch, accumulate, recompute, optimizer }: Recipe): string =>
  JSON.stringify([model, batch, accumulate, recompute, optimizer]);

const lostAgain = (lostAt: readonly number[], message: string): Pick<Failure, 'message' | 'remedy'> => {
  const steps = lostAt.map((step) => `step ${formatCount(step)}`);
  const times = lostAt.length === 2 ? 'twice' : `${formatCount(lostAt.length)} times`;
  return {
    message: `The GPU was lost ${times} with these settings, at ${steps.slice(0, -1).join(', ')} and ${steps.at(-1)!}. ${message}`,
    remedy:
      'A browser gives a page that has lost its GPU twice no other until it is reloaded. Go on with WASM, which needs no GPU, or take a smaller batch or model.',
  };
};
