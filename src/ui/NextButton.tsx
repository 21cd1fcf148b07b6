import { Button } from './Button';

interface NextButtonProps {
  /** Undefined while there is nothing to do. */
  step: { label: string; disabledReason: string | undefined; onPress: () => void } | undefined;
  isDense?: boolean;
}

/** The one filled button of a page. */
export const NextButton = ({ step, isDense = false }: NextButtonProps) =>
  step && (
    <Button variant="go" isDense={isDense} disabledReason={step.disabledReason} onPress={step.onPress}>
      {step.label}
    </Button>
  );
