import { type ReactNode, type RefObject, useId } from 'react';
import {
  Input,
  Label,
  SearchField as AriaSearchField,
  Text,
  TextArea,
  TextField as AriaTextField,
} from 'react-aria-components';
import { formatCount } from '../core/base/units';
import { cx } from './cx';
import field from './Field.module.css';
import styles from './TextField.module.css';
import { TermLabel } from './Term';

interface TextFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  hint?: ReactNode;
  error?: string | undefined;
  placeholder?: string;
  /** Hides the label visually; other text next to the field shows it. */
  hideLabel?: boolean;
  /** More than one makes it a text area. */
  rows?: number;
  /** Uses the reading font, for passages and prompts. */
  isProse?: boolean;
  isDisabled?: boolean;
  /** Maximum number of characters; shown when few are left. */
  max?: number;
  /** Focuses the field on mount: the main field of a dialog. */
  isFirst?: boolean;
  /** Ref to the text area, for a page that focuses it. */
  area?: RefObject<HTMLTextAreaElement | null>;
}

export function TextField(p: TextFieldProps) {
  const hintId = useId();
  const isNearMax = p.max !== undefined && p.value.length >= 0.9 * p.max;
  const hint =
    p.error ?? (isNearMax ? `${formatCount(p.value.length)} of at most ${formatCount(p.max!)} characters` : p.hint);
  return (
    <AriaTextField
      className={cx(styles.field)}
      value={p.value}
      onChange={p.onChange}
      {...(p.max !== undefined && { maxLength: p.max })}
      isInvalid={p.error !== undefined}
      isDisabled={p.isDisabled ?? false}
      autoFocus={p.isFirst ?? false}
    >
      <Label className={cx(p.hideLabel ? styles.hidden : field.label)}>
        {p.hideLabel ? p.label : <TermLabel>{p.label}</TermLabel>}
      </Label>
      {p.rows && p.rows > 1 ? (
        <TextArea
          className={cx(field.well, styles.area, p.isProse && styles.prose, p.error && field.bad)}
          rows={p.rows}
          {...(p.area && { ref: p.area })}
          dir="auto"
          placeholder={p.placeholder ?? ''}
        />
      ) : (
        <Input
          className={cx(field.well, styles.line, p.isProse && styles.prose, p.error && field.bad)}
          placeholder={p.placeholder ?? ''}
          dir="auto"
        />
      )}
      {hint && (
        <Text slot="description" id={hintId} className={cx(field.hint, p.error && field.isBad)}>
          {hint}
        </Text>
      )}
    </AriaTextField>
  );
}

/** Search or filter field of a pane, without label and border. `/` focuses the first one of the pane. */
export function SearchField(p: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  placeholder?: string;
}) {
  return (
    <AriaSearchField aria-label={p.label} value={p.value} onChange={p.onChange} className={cx(styles.search)}>
      <Input className={cx(field.well, styles.line)} placeholder={p.placeholder ?? p.label} data-find />
    </AriaSearchField>
  );
}
