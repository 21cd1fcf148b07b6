import { useState } from 'react';
import { useStudio } from '../../state/react';
import { askRefusal } from '../../state/refusals';
import { Button, Dialog, TextAction, TextField } from '../../ui';

/** Samples another prompt now: between two steps of a training run, else from its newest checkpoint. */
export function TryPrompt({ prompt }: { prompt: string }) {
  const ask = useStudio((s) => s.ask);
  const refusal = useStudio((s) => askRefusal(s, 'sample'));
  const [draft, setDraft] = useState<string>();
  const close = (): void => setDraft(undefined);
  return (
    <>
      <TextAction onPress={() => setDraft(prompt)}>Try another prompt…</TextAction>
      {draft !== undefined && (
        <Dialog
          isOpen
          onClose={close}
          title="Try another prompt"
          width={520}
          actions={
            <>
              <Button onPress={close}>Cancel</Button>
              <Button
                variant="go"
                disabledReason={refusal ?? (draft.trim() === '' ? 'Enter a prompt first' : undefined)}
                onPress={() => {
                  close();
                  void ask({ what: 'sample', prompt: draft });
                }}
              >
                Sample now
              </Button>
            </>
          }
        >
          <p>The sample joins the others of this step. Later samples keep the run’s own prompt.</p>
          <TextField label="Prompt" rows={3} isProse isFirst value={draft} onChange={setDraft} />
        </Dialog>
      )}
    </>
  );
}
