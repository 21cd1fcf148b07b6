/** From texts to shards: tokenizer and data, each built on request or when a later step needs it. */
import { toFailure } from '../core/base/errors';
import { isChosen, type SplitChoice } from '../core/documents/split';
import {
  trainingFacts,
  trainingSize,
  sharedNormalizers,
  textRef,
  tunedAs,
  type TuneUse,
} from '../core/documents/record';
import { trainingSource, objectiveOf, rolesOf } from '../core/objectives';
import { END_ALONE, missingRoles, type TokenRole } from '../core/tokenizer/special';
import { APPLIED_WORDS, type TokenizerModel } from '../core/tokenizer/tokenizer';
import type { DataRecord } from '../core/runs/project';
import type { RunRecord } from '../core/runs/record';
import { dataOf } from '../core/runs/segments';
import { isTuning } from '../core/runs/tunes';
import { readProject } from '../core/runs/projects';
import type { BeginInput } from '../protocol/gpu';
import { explain } from './failures';
import type { Project, TokenizerChoice } from '../core/runs/project';
import { IDLE, work } from './work';
import type { PreparationSlice, Inputs, Making } from './slices/preparation';
import type { Slice, Studio } from './slices/studio';
import type { Asking } from './slices/training';

const NOTHING: Making = { tokenizing: IDLE, building: IDLE };

export const createPreparationSlice: Slice<
  PreparationSlice,
  Pick<Studio, 'change' | 'changeOf' | 'flush' | 'kept' | 'project' | 'texts'>
> =
  ({ data, store, now, tabs, toasts }) =>
  (set, get) => {
    const makings = new Map<string, Making>();
    const makingOf = (projectId: string): Making => makings.get(projectId) ?? NOTHING;
    const show = (projectId: string, change: Partial<Making>): void => {
      makings.set(projectId, { ...makingOf(projectId), ...change });
      if (get().project.id === projectId) set(change);
    };
    /** Resolves with whether it was stored. */
    const keep = (projectId: string, made: Partial<Project>): Promise<boolean> =>
      get()
        .changeOf(projectId, made)
        .then(get().flush)
        .then(
          () => get().project.id !== projectId || get().kept !== 'no', // the keeper reports it if not
          (error: unknown) => {
            toasts.show({ text: 'The tokens couldn’t be saved', detail: explain(toFailure(error)) });
            return false;
          },
        );
    /** Removes unsaved data from the project: no record names it, so it would be purged while shown. */
    const takeBack = (projectId: string, built: DataRecord, before: DataRecord | null): void =>
      set(({ project }) =>
        project.id === projectId && project.data === built ? { project: { ...project, data: before } } : {},
      );

    async function train({ project: { id, recipe }, texts }: Inputs, choice: TokenizerChoice): Promise<boolean> {
      const roles = rolesOf(recipe.objective);
      const tokenizer = await work(
        (tokenizing) => show(id, { tokenizing }),
        now,
        (options) => data.call('trainTokenizer', { texts: textIds({ texts }), ...choice, roles }, options),
      );
      return tokenizer !== undefined && keep(id, { tokenizer });
    }
    async function build({ project, texts }: Inputs, split: SplitChoice): Promise<boolean> {
      const { id, tokenizer, data: before } = project;
      if (!tokenizer) return false;
      let isLost = false;
      const held = await tabs.holdData();
      try {
        const input = { texts: textIds({ texts }), tokenizer: tokenizer.model, split };
        const built = await get().cut(id, input);
        if (!built) return false;
        isLost = !(await keep(id, { data: built, split }));
        if (isLost) takeBack(id, built, before);
        return !isLost;
      } finally {
        held.release();
        // Otherwise the next purge removes it: no record may name data of a project that couldn't be saved.
        if (!isLost) data.call('dropUnused', null).catch(() => undefined);
      }
    }
    return {
      ...NOTHING,
      buildRate: undefined,
      trainTokenizer(choice) {
        get().change({ tokenizerChoice: choice });
        return train(get(), choice);
      },
      buildData: (split) => build(get(), split),
      prepare: async () => (await get().prepareFor(get())) !== undefined,
      async prepareFor(inputs) {
        const { id } = inputs.project;
        const [began, isAllToDo] = [now(), tokenizerState(inputs) !== 'done'];
        const latest = async (): Promise<Inputs> =>
          get().project.id === id ? get() : { ...inputs, project: (await readProject(store, id)).project };
        if (tokenizerState(inputs) !== 'done' || rolesToCome(inputs.project).length > 0) {
          if (!(await train(inputs, inputs.project.tokenizerChoice))) return undefined;
          inputs = await latest();
        }
        if (dataState(inputs) !== 'done') {
          if (!(await build(inputs, inputs.project.split))) return undefined;
          const characters = inputs.texts.reduce((sum, text) => sum + trainingSize(text).characters, 0);
          if (isAllToDo && now() > began) set({ buildRate: (1000 * characters) / (now() - began) });
          inputs = await latest();
        }
        return inputs;
      },
      cut: (projectId, input) =>
        work(
          (building) => show(projectId, { building }),
          now,
          (options) => data.call('buildData', input, options),
        ),
      makingOf,
      async partRows(part, from, count, { project, texts } = get()) {
        const built = project.data;
        const ids = built?.texts.map((ref) => texts.find((text) => textRef(text) === ref)?.id);
        if (!built || !ids?.every((id) => id !== undefined)) return undefined;
        return data.call('partRows', { data: built, ids, part, from, count });
      },
      async inRows({ data: built, tokenizer, model, recipe }) {
        if (!built || !tokenizer || !objectiveOf(recipe.objective).inRows) return undefined;
        const { id, config } = model;
        const input = { data: built, tokenizer: tokenizer.model, model: { id, config }, recipe };
        return (await data.call('inRows', input)) ?? undefined;
      },
      async tokensOf(passage) {
        const { tokenizer } = get().project;
        return tokenizer ? data.call('tokens', { text: passage, tokenizer: tokenizer.model }) : [];
      },
      async vocabulary(limit) {
        const { tokenizer, data: built } = get().project;
        if (!tokenizer) return [];
        const counted = built?.tokenizerHash === tokenizer.hash ? built : null;
        return data.call('vocabulary', { tokenizer: tokenizer.model, data: counted, query: '', limit });
      },
    };
  };

export const KIND_WORDS = {
  bpe: 'BPE',
  characters: 'Characters',
  bytes: 'Bytes',
  ...APPLIED_WORDS,
} as const satisfies Record<TokenizerModel['kind'], string>;

/** Whether an artifact exists and still matches its sources. */
export type ArtefactState = 'none' | 'stale' | 'done';
/** Copy of the inputs at a request; by its end, the studio may show another project. */
export const inputsOf = ({ project, texts }: Inputs): Inputs => ({ project, texts });
/** Like `inputsOf`, with the texts for tuning. */
export const askingOf = (s: Asking): Asking => ({ ...inputsOf(s), tuneTexts: s.tuneTexts });

export const textIds = ({ texts }: Pick<Studio, 'texts'>): readonly string[] => texts.map((t) => t.id);
/** Facts about the texts for the model card. */
export const textFacts = (texts: Studio['texts']): BeginInput['texts'] => texts.map(trainingFacts);

/** Training version of each text. */
const textRefs = ({ texts }: Pick<Studio, 'texts'>): readonly string[] => texts.map(textRef);

/**
 * Special tokens that the project's objective needs and its tokenizer lacks. A start adds them: until then the
 * tokenizer matches its texts and settings, and trying another architecture leaves it up to date.
 */
export const rolesToCome = ({ tokenizer, recipe }: Pick<Project, 'tokenizer' | 'recipe'>): readonly TokenRole[] =>
  tokenizer ? missingRoles(tokenizer.model.roles ?? END_ALONE, rolesOf(recipe.objective)) : [];

export function tokenizerState({ project, texts }: Inputs): ArtefactState {
  const { tokenizer, tokenizerChoice } = project;
  if (!tokenizer) return 'none';
  const asked =
    tokenizer.model.kind === tokenizerChoice.kind &&
    (tokenizer.model.kind !== 'bpe' || tokenizer.asked === tokenizerChoice.vocabulary) &&
    JSON.stringify(tokenizer.model.normalizers ?? []) === JSON.stringify(sharedNormalizers(texts));
  return asked && same(tokenizer.texts, textRefs({ texts })) ? 'done' : 'stale';
}
/** Whether texts were added or removed, or their documents skipped or restored, since the tokenizer was trained. */
export const textsChanged = ({ project: { tokenizer }, texts }: Inputs): boolean =>
  tokenizer !== null && !same(tokenizer.texts, textRefs({ texts }));

export function dataState(studio: Inputs): ArtefactState {
  const { data, tokenizer, split } = studio.project;
  if (!data) return 'none';
  const current =
    tokenizerState(studio) === 'done' &&
    data.tokenizerHash === tokenizer?.hash &&
    isCutSo(data, split) &&
    !isSplitAsOne(data) &&
    same(data.texts, textRefs(studio));
  return current ? 'done' : 'stale';
}
/** Whether data has these shares, and the documents that this seed chooses. */
const isCutSo = ({ manifest }: DataRecord, { validation, test, seed }: SplitChoice): boolean =>
  manifest.split.validation === validation &&
  manifest.split.test === test &&
  (!isChosen(manifest.split) || manifest.split.seed === seed);
/** Whether the texts differ from those of a run; false if the run doesn't name them, or tunes on its own. */
export function hasOtherTexts(
  run: Parameters<typeof isTuning>[0] & Pick<RunRecord, 'segments'>,
  { texts }: Pick<Studio, 'texts'>,
): boolean {
  const { facts } = dataOf(run);
  if (!facts || facts.texts.length === 0 || isTuning(run)) return false;
  return !same(facts.texts.map((t) => t.sha256).sort(), texts.map((t) => trainingSize(t).sha256).sort());
}
/** Texts for resuming a run without data. For a tuned run, tuning texts of its kind. */
export const textsFor = (
  run: Parameters<typeof isTuning>[0],
  { texts, tuneTexts }: Pick<Studio, 'texts' | 'tuneTexts'>,
): Studio['texts'] => (isTuning(run) ? tuneTexts.filter((text) => tunedAs(text) === usedBy(run)) : texts);
function usedBy({ objective }: Pick<RunRecord, 'objective'>): TuneUse {
  const of = trainingSource(objective);
  return of === 'chats' || of === 'labels' ? of : 'text';
}
/** Whether only the end of the last of several texts is held out, as in older builds. */
export const isSplitAsOne = ({ texts, manifest }: DataRecord): boolean =>
  texts.length > 1 && manifest.split.rule === 'end';
const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((x, i) => x === b[i]);
