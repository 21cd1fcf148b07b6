import type { Fields } from '../core/base/field';
import { cx } from './cx';
import { FieldRow } from './FieldRow';
import fold from './SettingsForm.module.css';

type Value = string | number | boolean;

/** A form for settings, from their own statements: what is changed often, and folded what is seldom. */
export function SettingsForm<Name extends string>(p: {
  fields: Readonly<Partial<Record<Name, Fields[string]>>>;
  values: Readonly<Record<Name, Value>>;
  onChange: (name: Name, value: Value) => void;
  /** What is wrong with a setting. */
  problem?: (name: Name) => string | undefined;
}) {
  const names = Object.keys(p.fields) as Name[];
  const row = (name: Name) => (
    <FieldRow
      key={name}
      field={p.fields[name]!}
      value={p.values[name]}
      onChange={(value) => p.onChange(name, value)}
      error={p.problem?.(name)}
    />
  );
  const seldom = names.filter((name) => p.fields[name]!.row === 'seldom');
  return (
    <div className={fold.form}>
      <div>{names.filter((name) => !seldom.includes(name)).map(row)}</div>
      {seldom.length > 0 && (
        <details className={cx(fold.fold)}>
          <summary>Seldom changed</summary>
          <div>{seldom.map(row)}</div>
        </details>
      )}
    </div>
  );
}
