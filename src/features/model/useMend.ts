import { useLocation } from 'wouter';
import type { Recipe } from '../../core/train/recipe';
import { useStudioStore } from '../../state/react';
import type { Studio } from '../../state/studio';
import type { Mend } from './doctor';

/** Does what a finding of the config doctor offers. */
export function useMend(): (mend: Mend) => void {
  const store = useStudioStore();
  const [, navigate] = useLocation();
  return (mend) => {
    const studio = store.getState();
    switch (mend.kind) {
      case 'recipe':
        mendRecipe(studio, mend.change);
        break;
      case 'model':
        for (const [field, value] of Object.entries(mend.change)) studio.setModel(field, value);
        break;
      case 'size':
        studio.setSize(mend.parameters);
        break;
      case 'holdOut':
        studio.change({ validationShare: mend.share });
        break;
      case 'device':
        void studio.useDevice(mend.device);
        break;
      case 'addText':
        navigate('/text');
        break;
      default:
        mend satisfies never;
    }
  };
}

function mendRecipe(studio: Studio, { recompute, ...rest }: Partial<Recipe>): void {
  studio.setRecipe(rest);
  if (recompute !== undefined) studio.setRecompute(recompute ? 'on' : 'off');
}
