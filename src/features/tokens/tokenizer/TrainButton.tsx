import { useStudio } from '../../../state/react';
import { Button } from '../../../ui';

/** Trains the tokenizer, trains it again, or cancels. */
export function TrainButton() {
  const tokenizing = useStudio((s) => s.tokenizing);
  const choice = useStudio((s) => s.project.tokenizerChoice);
  const hasText = useStudio((s) => s.texts.length > 0);
  const train = useStudio((s) => s.trainTokenizer);
  const width = 138;
  if (tokenizing.kind === 'busy') {
    return (
      <Button isDense icon="stop" minWidth={width} onPress={tokenizing.stop}>
        Cancel
      </Button>
    );
  }
  return (
    <Button
      isDense
      icon="retry"
      minWidth={width}
      onPress={() => void train(choice)}
      disabledReason={hasText ? undefined : 'Add text first'}
    >
      Retrain tokenizer
    </Button>
  );
}
