import { useState } from 'react';
import { formatCount } from '../../core/base/units';
import type { RunRecord } from '../../core/runs/record';
import { changed, dataOf, recipeOf } from '../../core/runs/segments';
import { withSetting } from '../../core/runs/setting';
import { optimizerOf } from '../../core/optim';
import { changeable } from '../../core/train/recipe';
import { hasOtherTexts } from '../../state/preparation';
import { useStudio, useStudioStore } from '../../state/react';
import { Button, Checkbox, Dialog, SettingsForm } from '../../ui';
import { changeAndContinue } from './changing';
import styles from './TrainPage.module.css';

/** Continues the run with other settings, or on the project's texts; stops and saves a run that trains first. */
export function ChangeDialog({ record, done, onClose }: { record: RunRecord; done: number; onClose: () => void }) {
  const store = useStudioStore();
  const before = recipeOf(record);
  const hasNewTexts = useStudio((s) => s.texts.length > 0 && hasOtherTexts(record, s));
  // A finished run gets twice its steps.
  const [recipe, setRecipe] = useState(before.steps > done ? before : { ...before, steps: 2 * Math.max(1, done) });
  const [withTexts, setWithTexts] = useState(false);
  const go = (): void => {
    onClose();
    void changeAndContinue(store, record, recipe, withTexts);
  };
  const data = dataOf(record);
  const startsSegment = withTexts || changed({ recipe: before, data }, { recipe, data }) !== undefined;
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="Change and continue"
      width={520}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            variant="go"
            disabledReason={recipe.steps > done ? undefined : `Already at step ${formatCount(done)}: choose more steps`}
            onPress={go}
          >
            Continue to step {formatCount(recipe.steps)}
          </Button>
        </>
      }
    >
      <SettingsForm
        fields={changeable(recipe)}
        values={recipe}
        onChange={(name, value) => setRecipe(withSetting(record, recipe, name, value))}
      />
      {hasNewTexts && (
        <Checkbox isChosen={withTexts} onChange={setWithTexts}>
          Use the current texts, with this run’s tokenizer
        </Checkbox>
      )}
      <p className={styles.note}>
        {startsSegment
          ? 'Training continues with the changes. The chart marks them; baselines, best step and verdict restart there.'
          : recipe.steps === before.steps
            ? 'Nothing changed yet.'
            : 'Training continues with the same settings.'}
        {recipe.optimizer !== before.optimizer &&
          ` The optimizer state is reset: ${optimizerOf(recipe.optimizer).label} can’t use the state of ${optimizerOf(before.optimizer).label}.`}
      </p>
    </Dialog>
  );
}
