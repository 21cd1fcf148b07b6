import { Button } from './Button';

interface NextButtonProps {
  /** Undefined if there is no next step. */
  step: { label: string; disabledReason: string | undefined; onPress: () => void } | undefined;
  isDense?: boolean;
}

/** The only filled button of a page. */
export const NextButton = ({ step, isDense = false }: NextButtonProps) =>
  step && (
    <Button variant="go" isDense={isDense} disabledReason={step.disabledReason} onPress={step.onPress}>
      {step.label}
    </Button>
  );
