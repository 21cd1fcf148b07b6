import type { ReactNode } from 'react';
import { formatCount, formatDuration, formatShort } from '../../core/base/units';
import { modelSpec } from '../../core/models';
import { estimateProject, vocabularySize } from '../../state/estimate';
import { useStudio } from '../../state/react';
import { KIND_WORDS } from '../../state/stages';
import { Pane } from '../../ui';
import styles from './StagesAhead.module.css';

/** What a run goes through, with the settings as they are. */
export function StagesAhead() {
  const project = useStudio((s) => s.project);
  const device = useStudio((s) => (s.device.kind === 'open' ? s.device.info : undefined));
  const { parameters, seconds } = estimateProject(project, device);
  const vocabulary = formatCount(vocabularySize(project));
  const { recipe, model, tokenizerChoice } = project;
  const held = Math.round(100 * project.validationShare);
  return (
    <Pane label="What will happen">
      <div className={styles.block}>
        <h2>What you will watch</h2>
        <p className={styles.lead}>With the settings as they are; all of them can be changed before and after</p>
        <ol className={styles.stages}>
          <Ahead stage="Tokenizer" reading={`${KIND_WORDS[tokenizerChoice.kind]}, ${vocabulary} entries`}>
            Letters that often stand together are joined, pair by pair, until common words are one token. You see your
            own text cut into these pieces.
          </Ahead>
          <Ahead stage="Data" reading={`${100 - held} / ${held} split`}>
            The text becomes a row of token numbers. The last {held} % of each text is held out: the model never learns
            from it, and is judged on it.
          </Ahead>
          <Ahead stage="Model" reading={`${modelSpec(model.id).label}, ${formatShort(parameters)} parameters`}>
            {formatCount(model.config.layers)} layers that look back over {formatCount(model.config.context)} tokens and
            guess the next one. They start as random numbers.
          </Ahead>
          <Ahead
            stage="Train"
            reading={`${formatCount(recipe.steps)} steps${seconds === undefined ? '' : `, ${formatDuration(1000 * seconds)}`}`}
          >
            Perplexity says how many tokens the model hesitates between. It begins near {vocabulary}, guessing blindly,
            and falls on a live chart, while the same prompt is continued again and again.
          </Ahead>
          <Ahead stage="Playground" reading="your prompt">
            You write a beginning and it writes on, token by token; each shows what else it might have been.
          </Ahead>
          <Ahead stage="Export" reading="a Hugging Face folder">
            Weights, tokenizer and a model card in one zip, which other tools open and which grows on when it is dropped
            back in.
          </Ahead>
        </ol>
      </div>
    </Pane>
  );
}

function Ahead({ stage, reading, children }: { stage: string; reading: string; children: ReactNode }) {
  return (
    <li>
      <span className={styles.stage}>
        <b>{stage}</b>
        <span>{reading}</span>
      </span>
      <p>{children}</p>
    </li>
  );
}
