/** Starts, stops and resumes the one run that trains. */
import { badSettings, HomegrownError, toFailure, type Failure } from '../core/base/errors';
import { formatCount } from '../core/base/units';
import { mergeFields, same } from '../core/runs/mergeFields';
import { updateProject } from '../core/runs/projects';
import { readKnownRun, type RunRecord } from '../core/runs/record';
import { dataOf, recipeOf } from '../core/runs/segments';
import { readTokenizer } from '../core/runs/tokenizer';
import { isTuning } from '../core/runs/tunes';
import { headlineWords } from '../core/objectives';
import { memoryShortage } from '../core/train/memory';
import { problems, unfit } from '../core/train/problems';
import type { Recipe } from '../core/train/recipe';
import { fittedTo, shortTextWords } from '../core/train/shortText';
import type { ResumeInput } from '../protocol/gpu';
import { limitsOf, recipeOf as nextRecipe, settingsOf } from './estimate';
import { explain } from './failures';
import { NO_RUN, shownId, shownRun } from './openRun';
import { hasOtherTexts, inputsOf, textFacts, textIds, textsFor } from './preparation';
import { nextRunNameOf } from './projectName';
import type { Asking, TrainingSlice } from './slices/training';
import type { Claim } from './slices/trainingSession';
import type { Slice, Studio } from './slices/studio';
import type { OpenRun } from './slices/run';

const askingOf = (s: Asking): Asking => ({ ...inputsOf(s), tuneTexts: s.tuneTexts });
export const createTrainingSlice: Slice<
  TrainingSlice,
  Pick<
    Studio,
    | 'change'
    | 'changeOf'
    | 'changeRun'
    | 'classifying'
    | 'cut'
    | 'device'
    | 'endExports'
    | 'inRows'
    | 'leaveModel'
    | 'makingOf'
    | 'opened'
    | 'previewLossMask'
    | 'prepareByPlan'
    | 'project'
    | 'runs'
    | 'settled'
    | 'shown'
    | 'texts'
    | 'tuneTexts'
    | 'waitForReading'
  >
> = (services) => (set, get) => {
  const { gpu, store, now, newId, tabs, toasts, session } = services;
  const { signal, phaseOf, setPhase, fail, refresh, follow } = session;

  /**
   * Data of a run that resumes: its own, or for new texts, those tokenized by its tokenizer.
   * @param runId run that gets the failure if they can't be built
   * @param inputs the project and its texts at the request
   */
  async function sourceFor(
    run: RunRecord,
    runId: string,
    held: Claim,
    withTexts: boolean,
    inputs: Asking,
  ): Promise<Pick<ResumeInput, 'data' | 'texts'> | null> {
    const { id, facts } = dataOf(run);
    if (id !== null && !withTexts) {
      if (hasOtherTexts(run, inputs)) {
        toasts.show({
          text: 'Resuming with the original text',
          detail: 'start a new run to train on the changed text',
        });
      }
      return {};
    }
    const read = await get().waitForReading(inputs, signal());
    const { project } = read ?? inputs;
    const texts = textsFor(run, read ?? inputs);
    const refuse = (failure: Failure): null => {
      fail(runId, failure, get().opened[runId]?.saved?.step);
      return null;
    };
    if (read && texts.length === 0) {
      const words = "This model was imported without its training text, so it can't resume";
      const where = isTuning(run) ? ' on Teach it more' : '';
      return refuse(toFailure(badSettings(words, `Add text${where}, then resume.`)));
    }
    const { validation, test, seed } = facts?.split ?? project.split;
    const split = { validation, test, seed };
    const tokenizer = await readTokenizer(store, run);
    const built = read && (await get().cut(project.id, { texts: textIds({ texts }), tokenizer, split }));
    if (built && !signal().aborted) return { data: built, texts: textFacts(texts) };
    const { building } = get().makingOf(project.id);
    if (building.kind === 'failed') return refuse(building.failure);
    held.undo(); // stopped
    return null;
  }

  /** Project settings that equal the run's follow its new ones; settings that a person changed stay. */
  async function settingsFollow(projectId: string, run: RunRecord, next: Recipe): Promise<void> {
    if (isTuning(run) || get().project.id !== projectId) return;
    const { project, changeOf } = get();
    const recipe = mergeFields(recipeOf(run), project.recipe, next);
    if (same(recipe, project.recipe)) return;
    const rateByHand = project.rateByHand || recipe.learningRate !== project.recipe.learningRate;
    await changeOf(projectId, { recipe, rateByHand });
  }

  /** Starts a new run. A failure on the way becomes the run's. */
  async function beginNew(
    begin: (runId: string, held: Claim, asked: Asking) => Promise<void>,
    begun?: Pick<OpenRun, 'tunes'>,
  ): Promise<void> {
    const asked = askingOf(get());
    await get().settled();
    if (session.current()) return;
    const runId = newId();
    const held = await session.claim(runId, asked.project.id, begun);
    if (!held) return;
    try {
      await begin(runId, held, asked);
    } catch (error) {
      fail(runId, toFailure(error));
    } finally {
      held.end();
    }
  }

  return {
    training: null,
    lostAt: [],
    asking: null,
    undecided: null,
    showUndecided: () => set({ undecided: null }),
    start: (minutes) =>
      beginNew(async (runId, held, asked) => {
        const inputs = await get().waitForReading(asked, signal());
        if (inputs?.texts.length === 0) throw badSettings('There is no text to train on', 'Add text, or a sample.');
        const ready = inputs && (await get().prepareByPlan(inputs, minutes));
        if (!ready || signal().aborted) {
          const { tokenizing, building } = get().makingOf(asked.project.id);
          const unready = inputs && [tokenizing, building].find((w) => w.kind === 'failed');
          if (unready) fail(runId, unready.failure);
          else held.undo();
          return;
        }
        const { project, texts } = ready;
        const { tokenizer, data: record } = project;
        const limits = limitsOf(get());
        const recipe = nextRecipe(project, limits);
        if (!tokenizer || !record) throw new HomegrownError('bug', 'Preparation ended without data');
        const { train, validation } = record.manifest.parts;
        const tokens = { train: train.tokens, validation: validation.tokens };
        const chosen = { id: project.model.id, config: project.model.config, vocabulary: tokenizer.size };
        const model = fittedTo(chosen, recipe, tokens.train);
        const short = shortTextWords(chosen, recipe, tokens);
        if (short !== undefined) toasts.show({ text: 'Short training text', detail: short });
        const { words, isCut } = (await get().inRows(project)) ?? {};
        const text = isCut ? 'Some texts are longer than the context' : 'Documents in rows';
        if (words !== undefined) toasts.show({ text, detail: words });
        const wrong = problems(model, recipe, tokens, limits);
        if (wrong.length > 0) throw unfit(wrong);
        const input = {
          runId,
          projectId: project.id,
          name: await nextRunNameOf({ store, get }, project.id),
          createdAt: now(),
          model,
          recipe,
          tokenizer: tokenizer.model,
          data: record,
          texts: textFacts(texts),
        };
        await follow({ runId, of: recipe.steps, settings: settingsOf(model, recipe) }, (options) =>
          gpu.call('begin', input, options),
        );
      }),
    stop() {
      const training = session.current();
      if (!training) return;
      const { tokenizing, building } = get().makingOf(training.projectId);
      const phase = phaseOf(training.runId);
      if (phase.kind === 'preparing') for (const w of [tokenizing, building]) if (w.kind === 'busy') w.stop();
      if (phase.kind === 'training') setPhase(training.runId, { ...phase, kind: 'stopping' });
      session.stop();
    },
    async resume(steps, { recipe: other, withTexts = false } = {}) {
      const asked = askingOf(get());
      const shown = shownId(get(), 'train');
      await get().settled();
      const { record: run, saved } = get().opened[shown ?? ''] ?? NO_RUN;
      if (!run || session.current()) return;
      const recipe = other ?? recipeOf(run);
      const of = steps ?? recipe.steps;
      const shortage = memoryShortage(run.model, recipe, limitsOf(get()), run.trainable);
      if (shortage !== undefined) {
        fail(run.id, toFailure(badSettings(shortage, NOT_RESUMED)), saved?.step);
        return;
      }
      const held = await session.claim(run.id, asked.project.id);
      if (!held) return;
      try {
        const source = await sourceFor(run, run.id, held, withTexts, asked);
        if (!source) return;
        await settingsFollow(asked.project.id, run, { ...recipe, steps: of });
        const change = { ...source, ...(other && { recipe: other }), ...(steps !== undefined && { steps }) };
        await follow({ runId: run.id, of, settings: settingsOf(run.model, recipe) }, (options) =>
          gpu.call('resume', { runId: run.id, ...change }, options),
        );
        if (run.model.config.classes) await (await get().classifying()).judge(run.id);
      } catch (error) {
        fail(run.id, toFailure(error), saved?.step);
      } finally {
        held.end();
      }
    },
    fork: (from, { name, recipe, withTexts = false }) =>
      beginNew(async (runId, held, asked) => {
        const { id: projectId } = asked.project;
        const parent = await readKnownRun(store, from.runId);
        const shortage = memoryShortage(parent.model, recipe, limitsOf(get()), parent.trainable);
        if (shortage !== undefined)
          throw badSettings(shortage, 'Nothing was started. Use settings that need less memory.');
        const source = await sourceFor(parent, runId, held, withTexts, asked);
        if (!source) return;
        const input = { runId, projectId, name, createdAt: now(), from, recipe, ...source };
        await follow({ runId, of: recipe.steps, settings: settingsOf(parent.model, recipe) }, (options) =>
          gpu.call('fork', input, options),
        );
        if (parent.model.config.classes) await (await get().classifying()).judge(runId);
      }),
    tune: (purpose, { asksFirst = false } = {}) =>
      beginNew(
        async (runId, held, asked) => {
          const to = purpose ?? asked.project.tuning.purpose;
          if (to === 'classify') {
            const { beginClassifier } = await import('./beginClassifier');
            const ask = asksFirst ? () => set({ undecided: asked.project.id }) : undefined;
            await beginClassifier(services, get, held, { runId, pressed: asked, ask });
            return;
          }
          const { beginTuning } = await import('./beginTuning');
          await beginTuning(services, get, held, { runId, pressed: asked, purpose: to });
        },
        { tunes: true },
      ),
    async ask(asked) {
      const { asking } = get();
      const { id: runId } = shownRun(get(), 'train');
      const isAtRest = session.current()?.runId !== runId;
      if (runId === '' || (isAtRest && asking !== null)) return;
      if (isAtRest) set({ asking: runId });
      try {
        const answer = await gpu.call('ask', { runId, asked });
        for (const event of answer) {
          get().opened[runId]?.log.append(event);
          // The evaluation may equal an earlier one; nothing else shows that it was repeated.
          if (event.kind !== 'evaluated') continue;
          const { objective } = get().opened[runId]?.record ?? get().project.recipe;
          toasts.show({
            text: `Evaluated step ${formatCount(event.step)}`,
            detail: headlineWords(objective, event.loss),
          });
        }
        if (answer.length > 0) get().changeRun(runId, (run) => ({ ...run, logVersion: run.logVersion + 1 }));
      } catch (error) {
        toasts.show({ text: "The run didn't respond", detail: explain(toFailure(error)) });
      } finally {
        if (isAtRest) set({ asking: null });
      }
    },
    async adopt(runId) {
      await refresh(runId);
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

const NOT_RESUMED =
  'Nothing was started. Resume it on the device that trained it, or allow more memory on the Model page.';
