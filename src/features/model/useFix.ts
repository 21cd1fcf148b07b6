import { useLocation } from 'wouter';
import type { Recipe } from '../../core/train/recipe';
import { useStudioStore } from '../../state/react';
import type { Fix } from './doctor';
import type { Studio } from '../../state/slices/studio';

/** Returns a function that applies a fix of the config doctor. */
export function useFix(): (fix: Fix) => void {
  const store = useStudioStore();
  const [, navigate] = useLocation();
  return (fix) => {
    const studio = store.getState();
    switch (fix.kind) {
      case 'recipe':
        fixRecipe(studio, fix.change);
        break;
      case 'model':
        for (const [field, value] of Object.entries(fix.change)) studio.setModel(field, value);
        break;
      case 'size':
        studio.setSize(fix.parameters);
        break;
      case 'holdOut':
        studio.change({ split: { ...studio.project.split, validation: fix.share } });
        break;
      case 'device':
        void studio.useDevice(fix.device);
        break;
      case 'plan':
        void studio.takePlan(studio.project.plan.minutes);
        break;
      case 'addText':
        navigate('/text');
        break;
      case 'labels':
        navigate('/tune?kind=classify');
        break;
      default:
        fix satisfies never;
    }
  };
}

function fixRecipe(studio: Studio, { recompute, ...changes }: Partial<Recipe>): void {
  studio.setRecipe(changes);
  if (recompute !== undefined) studio.setRecompute(recompute ? 'on' : 'off');
}
