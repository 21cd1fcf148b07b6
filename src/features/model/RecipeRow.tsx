import type { Field } from '../../core/base/field';
import { RECIPE, type RecipeField } from '../../core/train/recipe';
import { useStudio } from '../../state/react';
import { NumberField, Select, TextField } from '../../ui';
import type { Findings } from './findings';
import { CONSEQUENCES, type Facts, rowsOf } from './recipeFields';

interface Beside {
  facts: Facts;
  findings: Findings;
}

/** What is always shown of the recipe, or what is seldom changed. */
export function RecipeRows({ row, ...beside }: Beside & { row: NonNullable<Field['row']> }) {
  const recipe = useStudio((s) => s.project.recipe);
  return rowsOf(recipe, row).map((name) => <RecipeRow key={name} name={name} {...beside} />);
}

/** A setting of the recipe, marked where the config doctor stops at it or questions it. */
export function RecipeRow({ name, facts, findings }: Beside & { name: RecipeField }) {
  const recipe = useStudio((s) => s.project.recipe);
  const setRecipe = useStudio((s) => s.setRecipe);
  const field: Field = RECIPE[name];
  const value = recipe[name];
  const onChange = (changed: typeof value) => setRecipe({ [name]: changed });
  const hint = CONSEQUENCES[name]?.(recipe, facts) ?? field.hint;
  const row = { label: field.label, ...(hint !== undefined && { hint }), error: findings.stop(name) };
  const isCautioned = findings.isCautioned(name);
  switch (field.kind) {
    case 'whole':
    case 'real': {
      const { kind, min, max, unit, step = kind === 'whole' ? 1 : 0.01 } = field;
      const bounds = { min, max, step, isWhole: kind === 'whole', ...(unit !== undefined && { unit }) };
      return <NumberField {...row} {...bounds} value={value as number} onChange={onChange} isCautioned={isCautioned} />;
    }
    case 'choice': {
      const options = Object.entries(field.of).map(([name, { label, hint }]) => {
        return { value: name, label, ...(hint !== undefined && { hint }) };
      });
      return (
        <Select {...row} options={options} value={value as string} onChange={onChange} isCautioned={isCautioned} />
      );
    }
    case 'switch':
      return (
        <Select
          {...row}
          options={ON_OFF}
          value={value ? 'on' : 'off'}
          onChange={(chosen) => onChange(chosen === 'on')}
          isCautioned={isCautioned}
        />
      );
    case 'text':
      return <TextField {...row} value={value as string} onChange={onChange} isProse />;
  }
}

const ON_OFF = [
  { value: 'on', label: 'On' },
  { value: 'off', label: 'Off' },
] as const;
