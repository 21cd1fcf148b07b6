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

/** The run goes on with other settings, or on the project's texts; while it trains it is stopped and saved first. */
export function ChangeDialog({ record, done, onClose }: { record: RunRecord; done: number; onClose: () => void }) {
  const store = useStudioStore();
  const before = recipeOf(record);
  const hasOther = useStudio((s) => s.texts.length > 0 && hasOtherTexts(record, s));
  // One that has come to its end is given as many steps again.
  const [recipe, setRecipe] = useState(before.steps > done ? before : { ...before, steps: 2 * Math.max(1, done) });
  const [withTexts, setWithTexts] = useState(false);
  const go = (): void => {
    onClose();
    void changeAndContinue(store, record, recipe, withTexts);
  };
  const data = dataOf(record);
  const isSegment = withTexts || changed({ recipe: before, data }, { recipe, data }) !== undefined;
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
            disabledReason={
              recipe.steps > done ? undefined : `It has come to step ${formatCount(done)}: give it more steps`
            }
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
      {hasOther && (
        <Checkbox isChosen={withTexts} onChange={setWithTexts}>
          on the texts as they are now, cut by its own tokenizer
        </Checkbox>
      )}
      <p className={styles.note}>
        {isSegment
          ? 'A new segment begins at the step that it goes on from: baselines, best and verdict begin anew there, and the chart says what changed.'
          : 'It goes on as it was.'}
        {recipe.optimizer !== before.optimizer &&
          ` What ${optimizerOf(before.optimizer).label} remembers is of no use to ${optimizerOf(recipe.optimizer).label}, whose memory begins at zero.`}
      </p>
    </Dialog>
  );
}
