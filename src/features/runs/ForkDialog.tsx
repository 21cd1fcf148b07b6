import { MAX_NAME } from '../../core/base/textLimits';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { formatCount } from '../../core/base/units';
import { nextRunName } from '../../core/runs/runName';
import { recipeOf } from '../../core/runs/segments';
import { withSetting } from '../../core/runs/setting';
import { changeable, type Recipe } from '../../core/train/recipe';
import type { SavedStep } from '../../protocol/data';
import { hasOtherTexts } from '../../state/preparation';
import { useStudio } from '../../state/react';
import { beginRefusal } from '../../state/refusals';
import { Button, Checkbox, Dialog, Select, SettingsForm, TextField } from '../../ui';
import { stepWords } from './SavedSteps';
import styles from './RunsPage.module.css';
import type { RunView } from './view';

/** Starts a new run from a checkpoint of another, with other settings if wanted. */
export function ForkDialog(p: { view: RunView; steps: readonly SavedStep[]; from: number; onClose: () => void }) {
  const { view, steps, onClose } = p;
  const { record } = view.row;
  const fork = useStudio((s) => s.fork);
  const isBusy = useStudio((s) => s.training !== null);
  const startRefusal = useStudio((s) => (s.texts.length > 0 || s.trainingElsewhere ? beginRefusal(s) : undefined));
  const hasOtherText = useStudio((s) => s.texts.length > 0 && hasOtherTexts(record, s));
  const [, go] = useLocation();
  const [step, setStep] = useState(p.from);
  const [name, setName] = useState<string>();
  const nextName = useStudio((s) => nextRunName(s.project.name, s.runs?.map((row) => row.record.name) ?? []));
  const [recipe, setRecipe] = useState<Recipe>(() => withMoreSteps(recipeOf(record), p.from));
  const [withTexts, setWithTexts] = useState(false);
  const checkpoint = steps.find((saved) => saved.step === step);
  const runName = name ?? nextName;
  const remainingSteps = Math.max(0, recipe.steps - step);
  const refusal =
    startRefusal ??
    (isBusy
      ? 'Another run is in progress. Stop and save it first'
      : remainingSteps > 0
        ? undefined
        : `Set more than ${formatCount(step)} steps`);
  const startFork = (): void => {
    onClose();
    void fork({ runId: view.id, step }, { name: runName.trim() || view.name, recipe, withTexts });
    go('/train');
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Fork ${view.name}`}
      width={520}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button variant="go" icon="fork" disabledReason={refusal} onPress={startFork}>
            Fork and train {formatCount(remainingSteps)} {remainingSteps === 1 ? 'step' : 'steps'}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        <p>
          Starts a new run from step {formatCount(step)} of {view.name}, which stays unchanged.
          {checkpoint?.holds === 'weights' && ' This checkpoint has weights only, so the optimizer starts fresh.'}
          {checkpoint?.holds === 'all' &&
            recipe.optimizer !== recipeOf(record).optimizer &&
            ' The new optimizer starts fresh.'}
        </p>
        {steps.length > 1 && (
          <Select
            label="From"
            value={String(step)}
            onChange={(value) => {
              setStep(Number(value));
              setRecipe((previous) => withMoreSteps(previous, Number(value)));
            }}
            options={steps.toReversed().map((saved) => ({ value: String(saved.step), label: stepWords(saved) }))}
          />
        )}
        <TextField label="Name" value={runName} onChange={setName} max={MAX_NAME} />
        <SettingsForm
          fields={changeable(recipe)}
          values={recipe}
          onChange={(setting, value) => setRecipe(withSetting(record, recipe, setting, value))}
        />
        {hasOtherText && (
          <Checkbox isChosen={withTexts} onChange={setWithTexts}>
            Use the current text, with the run’s tokenizer
          </Checkbox>
        )}
      </div>
    </Dialog>
  );
}

/** Recipe with steps left after `from`; doubles the steps if none are left. */
const withMoreSteps = (recipe: Recipe, from: number): Recipe =>
  recipe.steps > from ? recipe : { ...recipe, steps: Math.max(1, 2 * from) };
