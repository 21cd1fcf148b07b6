import { longJudgement } from '../../../core/base/longTexts';
import { formatCount, formatDuration } from '../../../core/base/units';
import { areCut } from '../../../state/classifierStart';
import type { ClassifierPlan } from '../../../state/classifierPlan';
import { useStudio } from '../../../state/react';
import { Button, Notice } from '../../../ui';
import type { ClassifySituation } from './useClassify';

/** Before the start: how many texts are cut, and what reading all of them costs. */
export function CutNotice({ situation: { survey, plan } }: { situation: ClassifySituation }) {
  const { told } = survey;
  const isCut = useStudio((s) => told !== undefined && s.training === null && areCut(s, told));
  const classify = useStudio((s) => s.project.tuning.classify);
  const setTuning = useStudio((s) => s.setTuning);
  if (!told || !isCut) return null;
  const fitting = plan?.fitting;
  return (
    <div role="status">
      <Notice
        tone="warn"
        title={(told.isAtLeast ? 'At least ' : '') + longJudgement({ texts: told.long })}
        actions={
          <>
            {fitting && (
              <Button isDense onPress={() => setTuning({ classify: { ...classify, context: fitting.context } })}>
                Read {formatCount(fitting.context)} tokens
              </Button>
            )}
            <Button isDense onPress={() => setTuning({ classify: { ...classify, inWindows: true } })}>
              Read in windows
            </Button>
          </>
        }
      >
        {cutWords(told.room!, plan)}
      </Notice>
    </div>
  );
}

/** `The model reads 190 tokens of each text, rest cut. Reading 512 takes about 6 min instead of 2 min.` */
function cutWords(room: number, plan: ClassifierPlan | undefined): string {
  const words = `The model reads ${formatCount(room)} tokens of each text, and the rest is cut.`;
  const { fitting, seconds } = plan ?? {};
  if (!fitting) return words;
  const reading = `Reading ${formatCount(fitting.context)} tokens`;
  if (fitting.seconds === undefined || seconds === undefined) return `${words} ${reading} takes longer.`;
  const [longer, time] = [formatDuration(1000 * fitting.seconds), formatDuration(1000 * seconds)];
  return `${words} ${reading} takes about ${longer} instead of ${time}.`;
}
