import { fieldProblem, type Fields } from '../core/base/field';
import { cx } from './cx';
import { FieldRow } from './FieldRow';
import { Fold } from './Fold';
import styles from './SettingsForm.module.css';

type Value = string | number | boolean;

/** Form for settings, built from their field definitions: common ones visible, advanced ones folded. */
export function SettingsForm<Name extends string>(p: {
  fields: Readonly<Partial<Record<Name, Fields[string]>>>;
  values: Readonly<Record<Name, Value>>;
  onChange: (name: Name, value: Value) => void;
  /** Without a scroll area of its own, for a pane that scrolls. In a dialog the form scrolls by itself. */
  isWhole?: boolean;
}) {
  const names = Object.keys(p.fields) as Name[];
  const row = (name: Name) => (
    <FieldRow
      key={name}
      field={p.fields[name]!}
      value={p.values[name]}
      onChange={(value) => p.onChange(name, value)}
      error={fieldProblem(p.fields[name]!, p.values[name]) ?? undefined}
    />
  );
  const seldom = names.filter((name) => p.fields[name]!.row === 'seldom');
  return (
    <div className={cx(styles.form, !p.isWhole && styles.scrolls)}>
      <div>{names.filter((name) => !seldom.includes(name)).map(row)}</div>
      {seldom.length > 0 && (
        <Fold summary="Advanced">
          <div>{seldom.map(row)}</div>
        </Fold>
      )}
    </div>
  );
}
