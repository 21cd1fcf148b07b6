import { cutTo, MAX_NAME } from '../../../core/base/textLimits';
import { useRef, useState } from 'react';
import { formatCount } from '../../../core/base/units';
import { type Recipe, readRecipe, recipeJson, recommendedRecipe, stepOf } from '../../../core/documents/clean/recipe';
import { type RuleId, ruleOf, RULES } from '../../../core/documents/clean/rules';
import { toFailure } from '../../../core/base/errors';
import { explain } from '../../../state/failures';
import { useStudio } from '../../../state/react';
import { Button, Dialog, MenuButton, TextField } from '../../../ui';
import type { RecipeDraft } from './useRecipe';

/** Menu of the recipe: rename, export to a file, import from one. */
export function RecipeMenu({ draft: { recipe, set } }: { draft: RecipeDraft }) {
  const [isNaming, setNaming] = useState(false);
  const fileInput = useRef<HTMLInputElement>(null);
  const toast = useStudio((s) => s.toast);
  const saveFile = useStudio((s) => s.saveFile);
  const openRecipe = async (file: File): Promise<void> => {
    try {
      set(readRecipe(file.name, await file.text()));
    } catch (error) {
      toast({ text: `${file.name} couldn’t be opened`, detail: explain(toFailure(error)) });
    }
  };
  const choose = (id: string): void => {
    if (id === 'recommended') set({ ...recommendedRecipe(), kept: recipe.kept });
    if (id === 'name') setNaming(true);
    if (id === 'open') fileInput.current?.click();
    if (id === 'save')
      saveFile(new Blob([recipeJson(recipe)], { type: 'application/json' }), `${fileName(recipe)}.recipe.json`);
  };
  return (
    <>
      <MenuButton
        label={`Recipe ${recipe.name}`}
        entries={[
          {
            id: 'recommended',
            label: 'Recommended',
            hint: `${formatCount(recommendedRecipe().steps.length)} safe rules`,
          },
          { id: 'name', label: 'Rename recipe…', hint: recipe.name },
        ]}
        more={[
          [
            { id: 'save', label: 'Download recipe', hint: 'for another project, or prepare --recipe' },
            { id: 'open', label: 'Open recipe…' },
          ],
        ]}
        onChoose={choose}
      >
        Recipe
      </MenuButton>
      <input
        ref={fileInput}
        type="file"
        accept=".json,application/json"
        hidden
        aria-label="Recipe file"
        onChange={(event) => {
          const [chosenFile] = event.target.files ?? [];
          event.target.value = '';
          if (chosenFile) void openRecipe(chosenFile);
        }}
      />
      {isNaming && (
        <NameDialog
          name={recipe.name}
          onClose={() => setNaming(false)}
          onName={(next) => {
            set({ ...recipe, name: next });
            setNaming(false);
          }}
        />
      )}
    </>
  );
}
const fileName = ({ name }: Recipe): string => name.replace(/[^\p{L}\p{N} _-]+/gu, '').trim() || 'cleaning';

function NameDialog(p: { name: string; onClose: () => void; onName: (name: string) => void }) {
  const [name, setName] = useState(p.name);
  const newName = cutTo(name.trim(), MAX_NAME);
  return (
    <Dialog
      isOpen
      onClose={p.onClose}
      title="Rename recipe"
      actions={
        <>
          <Button onPress={p.onClose}>Cancel</Button>
          <Button
            variant="go"
            onPress={() => p.onName(newName)}
            disabledReason={newName === '' ? 'Enter a name first' : undefined}
          >
            Rename recipe
          </Button>
        </>
      }
    >
      <p>Model cards name the recipe that cleaned the text.</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (newName !== '') p.onName(newName);
        }}
      >
        <TextField label="Name" value={name} onChange={setName} max={MAX_NAME} isFirst />
      </form>
    </Dialog>
  );
}

/** Menu of rules: those that change texts, then those that exclude documents. A rule can be added several times. */
export function AddRule({ draft: { recipe, set }, onAdd }: { draft: RecipeDraft; onAdd: (step: number) => void }) {
  const entries = (kind: 'changes' | 'leaves out') =>
    (Object.keys(RULES) as RuleId[])
      .filter((id) => ruleOf(id).kind === kind)
      .map((id) => ({ id, label: ruleOf(id).label, hint: ruleOf(id).does }));
  return (
    <MenuButton
      entries={entries('changes')}
      more={[entries('leaves out')]}
      onChoose={(id) => {
        set({ ...recipe, steps: [...recipe.steps, stepOf(id as RuleId)] });
        onAdd(recipe.steps.length);
      }}
    >
      Add rule
    </MenuButton>
  );
}
