import { useId } from 'react';
import {
  Button,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  Select as AriaSelect,
  SelectValue,
  Text,
} from 'react-aria-components';
import { cx } from './cx';
import field from './Field.module.css';
import { Icon } from './Icon';
import menu from './Menu.module.css';
import styles from './Select.module.css';
import { TermLabel } from './Term';

export interface Option<T extends string> {
  value: T;
  label: string;
  hint?: string;
}
interface SelectProps<T extends string> {
  label: string;
  value: T | null;
  onChange: (value: T) => void;
  options: readonly Option<T>[];
  hint?: string;
  error?: string | undefined;
  placeholder?: string;
  /** `row`: label at the left, like a number field. `bare`: only the control. `wide`: fills its container. */
  layout?: 'row' | 'bare' | 'wide';
  isCautioned?: boolean;
  isDisabled?: boolean;
}

export function Select<T extends string>({ layout = 'row', ...p }: SelectProps<T>) {
  const hintId = useId();
  const hint = p.error ?? p.hint;
  const isRow = layout === 'row';
  return (
    <AriaSelect
      className={cx(isRow ? field.row : styles.bare, layout === 'wide' && styles.wide)}
      value={p.value}
      onChange={(value) => {
        const chosen = p.options.find((option) => option.value === value);
        if (chosen) p.onChange(chosen.value);
      }}
      isDisabled={p.isDisabled ?? false}
      isInvalid={p.error !== undefined}
      {...(p.placeholder && { placeholder: p.placeholder })}
    >
      <span className={isRow ? field.words : styles.hidden}>
        <Label className={cx(field.label)}>{isRow ? <TermLabel>{p.label}</TermLabel> : p.label}</Label>
        {hint && (
          <Text slot="description" id={hintId} className={cx(field.hint, p.error && field.isBad)}>
            {hint}
          </Text>
        )}
      </span>
      <Button className={cx(field.well, styles.well, p.error ? field.bad : p.isCautioned && field.caution)}>
        <SelectValue className={cx(styles.value)}>
          {({ selectedText, isPlaceholder, defaultChildren }) => (isPlaceholder ? defaultChildren : selectedText)}
        </SelectValue>
        <Icon name="chevron" size={12} />
      </Button>
      <Popover className={cx(menu.popover)} offset={4}>
        <ListBox className={cx(menu.list)} items={p.options}>
          {(option) => (
            <ListBoxItem id={option.value} textValue={option.label} className={cx(menu.item)}>
              <Text slot="label" className={cx(styles.option)}>
                {option.label}
              </Text>
              {option.hint && (
                <Text slot="description" className={cx(menu.hint)}>
                  {option.hint}
                </Text>
              )}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}
