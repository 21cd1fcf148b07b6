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
import { DeleteCheckpointsDialog } from './DeleteCheckpointsDialog';
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
  const [openDialog, setOpenDialog] = useState<'edit' | 'free'>();
  const openRun = useStudio((s) => s.bringBack);
  const isCurrent = useStudio((s) => PAGES.every((page) => modelOf(s, page)?.id === view.id));
  const [, go] = useLocation();
  const { bytes } = view.row;
  const hasCheckpoints = bytes !== null && bytes > 0;
  const openOnTrain = async (): Promise<void> => {
    if (isCurrent || (await openRun(view.id))) go('/train');
  };
  const refusal = isCurrent || hasCheckpoints ? undefined : 'This run has no checkpoint';
  const entries = useEntries(view, refusal === undefined, setOpenDialog);
  return (
    <div className={styles.actions}>
      <Button isDense disabledReason={refusal} onPress={() => void openOnTrain()}>
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
      {openDialog === 'edit' && <EditDialog view={view} onClose={() => setOpenDialog(undefined)} />}
      {openDialog === 'free' && <DeleteCheckpointsDialog row={view.row} onClose={() => setOpenDialog(undefined)} />}
    </div>
  );
}

/** Menu of further actions. */
function useEntries(view: RunView, canOpen: boolean, onDialog: (dialog: 'edit' | 'free') => void) {
  const store = useStudioStore();
  const show = useStudio((s) => s.show);
  const deleteRun = useStudio((s) => s.deleteRun);
  const isTraining = useStudio((s) => s.training?.runId === view.id);
  const deleteRefusal = useStudio((s) => freeRefusal(s, view.id));
  const [, go] = useLocation();
  const { bytes, record } = view.row;
  const hasCheckpoints = bytes !== null && bytes > 0;
  const settings = settingsOfRun(record, record.tokenizer.kind);
  const openOn = (page: Page): void => {
    void show(page, view.id);
    go(`/${page}`);
  };
  const entries: (MenuEntry & { act: () => void })[] = [
    { id: 'edit', label: 'Name, tags and note…', act: () => onDialog('edit') },
    ...(canOpen
      ? [
          {
            id: 'playground',
            label: record.model.config.classes ? 'Classify text' : 'Write text',
            act: () => openOn('playground'),
          },
          { id: 'export', label: 'Export model', act: () => openOn('export') },
        ]
      : []),
    ...(settings
      ? [{ id: 'link', label: 'Copy link to its settings', act: () => void copyLink(store, settings) }]
      : []),
    ...(hasCheckpoints
      ? [
          {
            id: 'free',
            label: 'Delete checkpoints…',
            hint: deleteRefusal ?? formatBytes(bytes),
            isDisabled: deleteRefusal !== undefined,
            act: () => onDialog('free'),
          },
        ]
      : []),
    ...(isTraining
      ? []
      : [
          {
            id: 'delete',
            label: 'Delete run',
            ...(hasCheckpoints && { hint: `frees ${formatBytes(bytes)}` }),
            act: () => void deleteRun(view.id),
          },
        ]),
  ];
  return entries;
}
