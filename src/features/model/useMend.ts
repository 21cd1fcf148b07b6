import { useLocation } from 'wouter';
import { useStudioStore } from '../../state/react';
import type { Mend } from './doctor';

/** Does what a finding of the config doctor offers. */
export function useMend(): (mend: Mend) => void {
  const store = useStudioStore();
  const [, navigate] = useLocation();
  return (mend) => {
    const { setRecipe, setModel, setSize, change, useDevice } = store.getState();
    switch (mend.kind) {
      case 'recipe':
        return setRecipe(mend.change);
      case 'model':
        for (const [field, value] of Object.entries(mend.change)) setModel(field, value);
        return;
      case 'size':
        return setSize(mend.parameters);
      case 'holdOut':
        return change({ validationShare: mend.share });
      case 'device':
        return void useDevice(mend.device);
      case 'addText':
        return navigate('/text');
      default:
        return mend satisfies never;
    }
  };
}
