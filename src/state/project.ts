/** What the person is making: its name, the artefact of each stage, and the choices for the next run. Kept in the store. */
import { z } from '../core/base/zod';
import type { Json } from '../core/base/blobStore';
import { toFailure } from '../core/base/errors';
import { DEFAULT_RECIPE, type Recipe } from '../core/train/recipe';
import { MODELS, modelSpec, type ModelId } from '../core/models';
import type { BaseConfig } from '../core/models/spec';
import type { DataRecord, TokenizerRecord } from '../protocol/data';
import { vocabularySize } from './estimate';
import type { Slice } from './studio';

export interface TokenizerChoice {
  kind: 'bpe' | 'characters' | 'bytes';
  /** Asked for; for bpe only. */
  vocabulary: number;
}

export interface ModelDraft {
  id: ModelId;
  config: BaseConfig;
  /** Fields that the person set; the size dial leaves them alone. */
  byHand: readonly string[];
}

export interface Project {
  name: string;
  tokenizerChoice: TokenizerChoice;
  tokenizer: TokenizerRecord | null;
  validationShare: number;
  data: DataRecord | null;
  model: ModelDraft;
  recipe: Recipe;
  /** The run that Train, Playground and Export show. */
  runId: string | null;
}

export interface ProjectSlice {
  project: Project;
  /** 'loading' until what was stored has been read. */
  loaded: 'loading' | 'ready';
  /** Whether the project as shown is in the store. */
  kept: 'yes' | 'saving' | 'no';
  change(change: Partial<Project>): void;
  setRecipe(change: Partial<Recipe>): void;
  setModel(field: string, value: number): void;
  /** The dial: about `parameters` weights; fields set by hand stay. */
  setSize(parameters: number): void;
  usePreset(name: string): void;
  load(): Promise<void>;
}

const KEY = 'project';
export const UNTITLED = 'Untitled';

export const initialProject = (): Project => ({
  name: UNTITLED,
  tokenizerChoice: { kind: 'bpe', vocabulary: 1024 },
  tokenizer: null,
  validationShare: 0.1,
  data: null,
  model: { id: 'gpt', config: MODELS.gpt.presets[0]!.config, byHand: [] },
  recipe: DEFAULT_RECIPE,
  runId: null,
});

/** Only the frame is checked here: the records inside were written by the workers and are checked when they are used. */
const StoredProject = z.looseObject({
  name: z.string(),
  tokenizerChoice: z.object({ kind: z.enum(['bpe', 'characters', 'bytes']), vocabulary: z.number().int() }),
  model: z.object({
    id: z.enum(Object.keys(MODELS) as [ModelId, ...ModelId[]]),
    config: z.looseObject({ layers: z.number(), width: z.number(), heads: z.number(), context: z.number() }),
    byHand: z.array(z.string()),
  }),
  recipe: z.looseObject({ steps: z.number(), learningRate: z.number() }),
  runId: z.string().nullable(),
});

export const createProjectSlice: Slice<ProjectSlice> =
  ({ store }) =>
  (set, get) => {
    let saving = Promise.resolve();
    let isQueued = false;
    const save = () => {
      set({ kept: 'saving' });
      // A slider changes the project many times while one save is under way; the next one takes them all.
      if (isQueued) return;
      isQueued = true;
      saving = saving
        .then(async () => {
          isQueued = false;
          const { project } = get();
          await store.commit({ put: [[KEY, project as unknown as Json]] });
          if (get().project === project) set({ kept: 'yes' });
        })
        .catch((error: unknown) => {
          set({ kept: 'no' });
          get().toast({ text: 'The project could not be saved', detail: toFailure(error).message });
        });
    };
    const change = (changes: Partial<Project>) => {
      set(({ project }) => ({ project: { ...project, ...changes } }));
      save();
    };
    const changeModel = (model: Partial<ModelDraft>) => change({ model: { ...get().project.model, ...model } });

    return {
      project: initialProject(),
      loaded: 'loading',
      kept: 'yes',
      change,
      setRecipe: (recipe) => change({ recipe: { ...get().project.recipe, ...recipe } }),
      setModel(field, value) {
        const { config, byHand } = get().project.model;
        changeModel({ config: { ...config, [field]: value }, byHand: [...new Set([...byHand, field])] });
      },
      setSize(parameters) {
        const { project } = get();
        const { id, config, byHand } = project.model;
        const sized = modelSpec(id).sized(parameters, vocabularySize(project));
        const kept = Object.fromEntries(byHand.map((field) => [field, config[field as keyof BaseConfig]]));
        changeModel({ config: { ...sized, ...kept } });
      },
      usePreset(name) {
        const preset = modelSpec(get().project.model.id).presets.find((p) => p.name === name);
        if (preset) changeModel({ config: preset.config, byHand: [] });
      },
      async load() {
        const stored = StoredProject.safeParse(await store.get(KEY));
        if (stored.success) {
          const { recipe, ...rest } = stored.data as unknown as Project;
          set({ project: { ...initialProject(), ...rest, recipe: { ...DEFAULT_RECIPE, ...recipe } } });
        }
        await Promise.all([get().loadTexts(), get().loadRun()]);
        set({ loaded: 'ready' });
      },
    };
  };
