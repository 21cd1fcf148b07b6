import { Button, Menu, MenuItem, MenuTrigger, Popover, Text } from 'react-aria-components';
import buttons from './Button.module.css';
import { cx } from './cx';
import { Icon } from './Icon';
import styles from './Menu.module.css';

export interface MenuEntry {
  id: string;
  label: string;
  hint?: string;
  isChosen?: boolean;
}
export interface MenuButtonProps {
  children: string;
  entries: readonly MenuEntry[];
  onChoose: (id: string) => void;
  variant?: 'default' | 'quiet' | 'plain';
  /** Things to show or hide: the menu stays open. Otherwise one is chosen, and it closes. */
  isMany?: boolean;
  /** The name for screen readers, if the words are not enough. */
  label?: string;
}

/** A button that opens a list of actions: Presets, Columns, the project's name. */
export function MenuButton({ variant = 'default', ...p }: MenuButtonProps) {
  const chosen = p.entries.filter((entry) => entry.isChosen).map((entry) => entry.id);
  return (
    <MenuTrigger>
      <Button
        className={variant === 'plain' ? cx(styles.plain) : cx(buttons.button, buttons.dense, buttons[variant])}
        {...(p.label && { 'aria-label': p.label })}
      >
        {p.children}
        <Icon name="chevron" size={variant === 'plain' ? 12 : 14} />
      </Button>
      <Popover className={cx(styles.popover)} offset={4}>
        <Menu
          className={cx(styles.list)}
          items={p.entries}
          onAction={(key) => p.onChoose(String(key))}
          selectionMode={chosen.length === 0 ? 'none' : p.isMany ? 'multiple' : 'single'}
          selectedKeys={chosen}
        >
          {(entry) => (
            <MenuItem id={entry.id} textValue={entry.label} className={cx(styles.item)}>
              <Text slot="label">{entry.label}</Text>
              {entry.hint && (
                <Text slot="description" className={cx(styles.hint)}>
                  {entry.hint}
                </Text>
              )}
            </MenuItem>
          )}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
