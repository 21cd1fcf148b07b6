import type { Field } from '../core/base/field';
import { NumberField } from './NumberField';
import { Select } from './Select';
import { TextField } from './TextField';

interface FieldRowProps {
  field: Field;
  value: string | number | boolean;
  onChange: (value: string | number | boolean) => void;
  /** Replaces the field's own hint. */
  hint?: string | undefined;
  error?: string | undefined;
  isCautioned?: boolean;
}

/** Form row for a setting, built from its field definition. */
export function FieldRow({ field, value, onChange, error, isCautioned = false, ...p }: FieldRowProps) {
  const hint = p.hint ?? field.hint;
  const row = { label: field.label, ...(hint !== undefined && { hint }), error };
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
      return (
        <TextField
          {...row}
          value={value as string}
          onChange={onChange}
          isProse
          {...(field.lines && { rows: field.lines })}
        />
      );
  }
}

const ON_OFF = [
  { value: 'on', label: 'On' },
  { value: 'off', label: 'Off' },
] as const;
