import { longJudgement } from '../../../core/base/longTexts';
import { formatCount, formatDuration } from '../../../core/base/units';
import type { ClassifierPlan } from '../../../state/classifierPlan';
import { areCut } from '../../../state/classifierStart';
import { useStudio } from '../../../state/react';
import { Button, Notice } from '../../../ui';
import type { ClassifySituation } from './useClassify';

/** Before the start, reports how many texts are truncated, and the time needed to read them in full. */
export function CutNotice({ situation: { survey, plan } }: { situation: ClassifySituation }) {
  const { summary } = survey;
  const isCut = useStudio((s) => summary !== undefined && s.training === null && areCut(s, summary));
  const classify = useStudio((s) => s.project.tuning.classify);
  const setTuning = useStudio((s) => s.setTuning);
  if (!summary || survey.failure || !isCut) return null;
  const fitting = plan?.fitting;
  // While texts are counted again, the old numbers must not change under the pointer.
  const { isCounting } = survey;
  return (
    <div role="status">
      <Notice
        tone="warn"
        title={
          isCounting
            ? 'Some texts don’t fit'
            : (summary.isAtLeast ? 'At least ' : '') + longJudgement({ texts: summary.long })
        }
        actions={
          <>
            {fitting && (
              <Button
                isDense
                disabledReason={isCounting ? 'Counting tokens' : undefined}
                onPress={() => setTuning({ classify: { ...classify, context: fitting.context } })}
              >
                {isCounting ? 'Read more tokens' : `Read ${formatCount(fitting.context)} tokens`}
              </Button>
            )}
            <Button isDense onPress={() => setTuning({ classify: { ...classify, inWindows: true } })}>
              Split into windows
            </Button>
          </>
        }
      >
        {isCounting ? 'Counting tokens' : cutWords(summary.room!, plan)}
      </Notice>
    </div>
  );
}

/** `Texts are truncated to 190 tokens. Reading 512 tokens takes about 6 min instead of 2 min.` */
function cutWords(room: number, plan: ClassifierPlan | undefined): string {
  const truncated = `Texts are truncated to ${formatCount(room)} tokens.`;
  const { fitting, seconds } = plan ?? {};
  if (!fitting) return truncated;
  const reading = `Reading ${formatCount(fitting.context)} tokens`;
  if (fitting.seconds === undefined || seconds === undefined || fitting.seconds <= seconds)
    return `${truncated} ${reading} takes longer.`;
  const [fullTime, currentTime] = [formatDuration(1000 * fitting.seconds), formatDuration(1000 * seconds)];
  return `${truncated} ${reading} takes about ${fullTime} instead of ${currentTime}.`;
}
