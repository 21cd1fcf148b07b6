/** Settings of the open project: its model and its recipe. */
import { modelSpec } from '../core/models';
import { sizesOf } from '../core/models/spec';
import { objectiveOn } from '../core/objectives';
import { type ModelDraft, ofArchitecture } from '../core/runs/modelDraft';
import type { Project } from '../core/runs/project';
import { usualRate, usualRecipe, vocabularySize } from './estimate';
import type { SettingsSlice } from './slices/settings';
import type { Slice, Studio } from './slices/studio';

export const createSettingsSlice: Slice<SettingsSlice, Pick<Studio, 'change' | 'project'>> = () => (_, get) => {
  const change = (changes: Partial<Project>): void => get().change(changes);
  const changeModel = (model: Partial<ModelDraft>): void =>
    change({ model: { ...get().project.model, ...model, isEdited: true } });
  return {
    setRecipe(changes) {
      const { project } = get();
      const recipe = { ...project.recipe, ...changes };
      const defaultRate = usualRate(project, recipe.optimizer);
      if (changes.learningRate !== undefined) {
        change({ recipe, rateByHand: changes.learningRate !== defaultRate });
      } else if (recipe.optimizer === project.recipe.optimizer || project.rateByHand) {
        change({ recipe });
      } else change({ recipe: { ...recipe, learningRate: defaultRate } });
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
      const byHand = [...before.filter((edited) => edited !== size), size];
      changeModel({ config: { ...config, [size]: value }, byHand });
    },
    setSize(parameters) {
      const { project } = get();
      const { id, config, byHand } = project.model;
      const sized = modelSpec(id).sized(parameters, vocabularySize(project));
      const editedSizes = Object.fromEntries(byHand.map((size) => [size, sizesOf(config)[size]]));
      changeModel({ config: { ...sized, ...editedSizes } });
    },
    usePreset(name) {
      const preset = modelSpec(get().project.model.id).presets.find((other) => other.name === name);
      if (preset) changeModel({ config: preset.config, byHand: [] });
    },
  };
};
