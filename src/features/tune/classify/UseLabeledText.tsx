import { counted } from '../../../core/base/units';
import { textRef } from '../../../core/documents/record';
import type { TextWithLabels } from '../../../protocol/labeled';
import { useStudio, useStudioStore } from '../../../state/react';
import { useWorkerValue } from '../../../state/useWorkerValue';
import { Button } from '../../../ui';

/** Returns texts of the Text page whose documents have labels. */
export function useLabeledTexts(): readonly TextWithLabels[] {
  const texts = useStudio((s) => s.texts);
  const input = { texts: texts.map(({ id }) => id) };
  const { latest, failure } = useWorkerValue('labeledIn', input, texts.map(textRef).join(' '));
  return (failure ? [] : (latest ?? [])).slice(0, MAX_OFFERED);
}
const MAX_OFFERED = 3;

/** Adds a text's labeled documents as texts to classify. */
export function UseLabeledText({
  text: { id, name, documents, labels },
  isNext,
}: {
  text: TextWithLabels;
  isNext: boolean;
}) {
  const store = useStudioStore();
  const addDocuments = async (): Promise<void> => (await store.getState().classifying()).takeLabeled(id);
  return (
    <Button variant={isNext ? 'go' : 'default'} onPress={() => void addDocuments()}>
      Use {name}: {counted(documents, 'text')}, {counted(labels, 'label')}
    </Button>
  );
}
