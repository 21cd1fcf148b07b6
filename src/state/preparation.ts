/** From texts to shards: tokenizer and data, each built on request or when a later step needs it. */
import { toFailure } from '../core/base/errors';
import { isChosen, type SplitChoice } from '../core/documents/split';
import { trainingFacts, trainingSize, sharedNormalizers, textRef } from '../core/documents/record';
import { objectiveOf, rolesOf } from '../core/objectives';
import { END_ALONE, missingRoles, type TokenRole } from '../core/tokenizer/special';
import { APPLIED_WORDS, type TokenizerModel } from '../core/tokenizer/tokenizer';
import type { DataRecord } from '../core/runs/project';
import { same } from '../core/runs/mergeFields';
import type { RunRecord } from '../core/runs/record';
import { dataOf } from '../core/runs/segments';
import { isTuning, purposeOf } from '../core/runs/tunes';
import { readProject } from '../core/runs/projects';
import type { BeginInput } from '../protocol/gpu';
import { explain } from './failures';
import type { Project, TokenizerChoice } from '../core/runs/project';
import { textsOfPurpose } from './tuningInputs';
import { IDLE, work } from './work';
import type { PreparationSlice, Inputs, Making } from './slices/preparation';
import type { SetState, Slice, SliceServices, Studio } from './slices/studio';
import type { Asking } from './slices/training';

const NO_WORK: Making = { tokenizing: IDLE, building: IDLE };

type PreparationNeeds = Pick<Studio, 'change' | 'changeOf' | 'flush' | 'kept' | 'project' | 'texts'>;
type PreparationState = PreparationSlice & PreparationNeeds;

export const createPreparationSlice: Slice<PreparationSlice, PreparationNeeds> = (services) => (set, get) => {
  const { data, store, now } = services;
  const { train, build, ...builds } = artifactBuilder(services, set, get);
  return {
    ...NO_WORK,
    ...builds,
    ...dataQueries(data, get),
    buildRate: undefined,
    trainTokenizer(choice) {
      get().change({ tokenizerChoice: choice });
      return train(get(), choice);
    },
    buildData: (split) => build(get(), split),
    prepare: async () => (await get().prepareFor(get())) !== undefined,
    async prepareFor(inputs) {
      const { id } = inputs.project;
      const startedAt = now();
      const buildsTokenizer = tokenizerState(inputs) !== 'done';
      const reload = async (): Promise<Inputs> =>
        get().project.id === id ? get() : { ...inputs, project: (await readProject(store, id)).project };
      if (buildsTokenizer || rolesToCome(inputs.project).length > 0) {
        if (!(await train(inputs, inputs.project.tokenizerChoice))) return undefined;
        inputs = await reload();
      }
      if (dataState(inputs) !== 'done') {
        if (!(await build(inputs, inputs.project.split))) return undefined;
        const characters = inputs.texts.reduce((sum, text) => sum + trainingSize(text).characters, 0);
        const elapsedMs = now() - startedAt;
        if (buildsTokenizer && elapsedMs > 0) set({ buildRate: (1000 * characters) / elapsedMs });
        inputs = await reload();
      }
      return inputs;
    },
  };
};

interface ArtifactBuilder extends Pick<PreparationSlice, 'cut' | 'makingOf'> {
  /** Trains the tokenizer. Resolves with whether it was stored. */
  train(inputs: Inputs, choice: TokenizerChoice): Promise<boolean>;
  /** Tokenizes the texts. Resolves with whether the data was stored. */
  build(inputs: Inputs, split: SplitChoice): Promise<boolean>;
}

/** Builds tokenizers and data of any project, and stores them with it. */
function artifactBuilder(
  { data, now, tabs, toasts }: Pick<SliceServices, 'data' | 'now' | 'tabs' | 'toasts'>,
  set: SetState<PreparationState>,
  get: () => PreparationState,
): ArtifactBuilder {
  const makings = new Map<string, Making>();
  const makingOf = (projectId: string): Making => makings.get(projectId) ?? NO_WORK;
  const show = (projectId: string, change: Partial<Making>): void => {
    makings.set(projectId, { ...makingOf(projectId), ...change });
    if (get().project.id === projectId) set(change);
  };
  /** Resolves with whether the change was stored. */
  const store = (projectId: string, change: Partial<Project>): Promise<boolean> =>
    get()
      .changeOf(projectId, change)
      .then(get().flush)
      .then(
        () => get().project.id !== projectId || get().kept !== 'no', // the keeper reports it if not
        (error: unknown) => {
          toasts.show({ text: 'The tokens couldn’t be saved', detail: explain(toFailure(error)) });
          return false;
        },
      );
  /** Removes unsaved data from the project: no record names it, so it would be purged while shown. */
  const restoreData = (projectId: string, unsaved: DataRecord, before: DataRecord | null): void =>
    set(({ project }) =>
      project.id === projectId && project.data === unsaved ? { project: { ...project, data: before } } : {},
    );
  const cut: PreparationSlice['cut'] = (projectId, input) =>
    work(
      (building) => show(projectId, { building }),
      now,
      (options) => data.call('buildData', input, options),
    );

  return {
    makingOf,
    cut,
    async train({ project: { id, recipe }, texts }, choice) {
      const roles = rolesOf(recipe.objective);
      const tokenizer = await work(
        (tokenizing) => show(id, { tokenizing }),
        now,
        (options) => data.call('trainTokenizer', { texts: textIds({ texts }), ...choice, roles }, options),
      );
      return tokenizer !== undefined && store(id, { tokenizer });
    },
    async build({ project, texts }, split) {
      const { id, tokenizer, data: before } = project;
      if (!tokenizer) return false;
      let isUnsaved = false;
      const lock = await tabs.holdData();
      try {
        const built = await get().cut(id, { texts: textIds({ texts }), tokenizer: tokenizer.model, split });
        if (!built) return false;
        isUnsaved = !(await store(id, { data: built, split }));
        if (isUnsaved) restoreData(id, built, before);
        return !isUnsaved;
      } finally {
        lock.release();
        // Otherwise the next purge removes it: no record may name data of a project that couldn't be saved.
        if (!isUnsaved) data.call('dropUnused', null).catch(() => undefined);
      }
    },
  };
}

/** Rows, tokens and vocabulary of the project's data and tokenizer, for pages. */
const dataQueries = (
  data: SliceServices['data'],
  get: () => PreparationNeeds,
): Pick<PreparationSlice, 'partRows' | 'inRows' | 'tokensOf' | 'vocabulary'> => ({
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
});

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

export const textIds = ({ texts }: Pick<Studio, 'texts'>): readonly string[] => texts.map(({ id }) => id);
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
  const isAsChosen =
    tokenizer.model.kind === tokenizerChoice.kind &&
    (tokenizer.model.kind !== 'bpe' || tokenizer.asked === tokenizerChoice.vocabulary) &&
    JSON.stringify(tokenizer.model.normalizers ?? []) === JSON.stringify(sharedNormalizers(texts));
  return isAsChosen && same(tokenizer.texts, textRefs({ texts })) ? 'done' : 'stale';
}
/** Whether texts were added or removed, or their documents skipped or restored, since the tokenizer was trained. */
export const textsChanged = ({ project: { tokenizer }, texts }: Inputs): boolean =>
  tokenizer !== null && !same(tokenizer.texts, textRefs({ texts }));

export function dataState(studio: Inputs): ArtefactState {
  const { data, tokenizer, split } = studio.project;
  if (!data) return 'none';
  const isCurrent =
    tokenizerState(studio) === 'done' &&
    data.tokenizerHash === tokenizer?.hash &&
    hasSplit(data, split) &&
    !isSplitAsOne(data) &&
    same(data.texts, textRefs(studio));
  return isCurrent ? 'done' : 'stale';
}
/** Whether data was split into these shares, and by this seed if documents are chosen at random. */
const hasSplit = ({ manifest }: DataRecord, { validation, test, seed }: SplitChoice): boolean =>
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
): Studio['texts'] => {
  const purpose = purposeOf(run);
  return purpose ? textsOfPurpose(tuneTexts, purpose) : texts;
};
/** Whether only the end of the last of several texts is held out, as in older builds. */
export const isSplitAsOne = ({ texts, manifest }: DataRecord): boolean =>
  texts.length > 1 && manifest.split.rule === 'end';
