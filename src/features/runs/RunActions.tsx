import { useState } from 'react';
import { useLocation } from 'wouter';
import { formatBytes } from '../../core/base/units';
import { settingsOfRun } from '../../core/runs/settingsLink';
import { copyLink } from '../../state/linkedSettings';
import { modelOf, PAGES } from '../../state/openRun';
import { useStudio, useStudioStore } from '../../state/react';
import { freeRefusal } from '../../state/refusals';
import { Button, MenuButton, type MenuEntry } from '../../ui';
import { EditDialog } from './EditDialog';
import { FreeDialog } from './FreeDialog';
import styles from './RunsPage.module.css';
import type { RunView } from './view';
import type { Page } from '../../state/slices/run';

/** Actions on a run. */
export function RunActions(p: {
  view: RunView;
  canFork: boolean;
  onFork: () => void;
  onBaseline: (() => void) | undefined;
}) {
  const { view, onBaseline } = p;
  const [asked, ask] = useState<'edit' | 'free'>();
  const bringBack = useStudio((s) => s.bringBack);
  const isCurrent = useStudio((s) => PAGES.every((page) => modelOf(s, page)?.id === view.id));
  const [, go] = useLocation();
  const { bytes } = view.row;
  const isKept = bytes !== null && bytes > 0;
  const open = async (): Promise<void> => {
    if (isCurrent || (await bringBack(view.id))) go('/train');
  };
  const why = isCurrent || isKept ? undefined : 'This run has no checkpoint';
  const entries = useEntries(view, why === undefined, ask);
  return (
    <div className={styles.actions}>
      <Button isDense disabledReason={why} onPress={() => void open()}>
        Open
      </Button>
      <Button
        isDense
        icon="fork"
        disabledReason={p.canFork ? undefined : 'This run has no checkpoint to fork'}
        onPress={p.onFork}
      >
        Fork…
      </Button>
      {onBaseline && (
        <Button isDense onPress={onBaseline}>
          Use as baseline
        </Button>
      )}
      <MenuButton
        variant="quiet"
        label={`More for ${view.name}`}
        entries={entries}
        onChoose={(id) => entries.find((entry) => entry.id === id)?.act()}
      >
        More
      </MenuButton>
      {asked === 'edit' && <EditDialog view={view} onClose={() => ask(undefined)} />}
      {asked === 'free' && <FreeDialog row={view.row} onClose={() => ask(undefined)} />}
    </div>
  );
}

/** Menu of further actions. @param ask opens a dialog */
function useEntries(view: RunView, isUsable: boolean, ask: (dialog: 'edit' | 'free') => void) {
  const store = useStudioStore();
  const show = useStudio((s) => s.show);
  const deleteRun = useStudio((s) => s.deleteRun);
  const isTraining = useStudio((s) => s.training?.runId === view.id);
  const whyKept = useStudio((s) => freeRefusal(s, view.id));
  const [, go] = useLocation();
  const { bytes, record } = view.row;
  const isKept = bytes !== null && bytes > 0;
  const shared = settingsOfRun(record, record.tokenizer.kind);
  const openOn = (page: Page): void => {
    void show(page, view.id);
    go(`/${page}`);
  };
  const entries: (MenuEntry & { act: () => void })[] = [
    { id: 'edit', label: 'Name, tags and note…', act: () => ask('edit') },
    ...(isUsable
      ? [
          {
            id: 'playground',
            label: record.model.config.classes ? 'Classify text' : 'Write text',
            act: () => openOn('playground'),
          },
          { id: 'export', label: 'Export model', act: () => openOn('export') },
        ]
      : []),
    ...(shared ? [{ id: 'link', label: 'Copy link to its settings', act: () => void copyLink(store, shared) }] : []),
    ...(isKept
      ? [
          {
            id: 'free',
            label: 'Delete checkpoints…',
            hint: whyKept ?? formatBytes(bytes),
            isDisabled: whyKept !== undefined,
            act: () => ask('free'),
          },
        ]
      : []),
    ...(isTraining
      ? []
      : [
          {
            id: 'delete',
            label: 'Delete run',
            ...(isKept && { hint: `frees ${formatBytes(bytes)}` }),
            act: () => void deleteRun(view.id),
          },
        ]),
  ];
  return entries;
}
