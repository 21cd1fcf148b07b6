import { useState } from 'react';
import { formatCount } from '../../core/base/units';
import { explain, headline } from '../../state/failures';
import { useStudio } from '../../state/react';
import {
  Block,
  Button,
  EmptyStage,
  Icon,
  Notice,
  Pager,
  Pane,
  Progress,
  Segmented,
  Term,
  text,
  TextAction,
} from '../../ui';
import { AddButton, type AddDataState } from './AddData';
import { EMPTY } from './empty';
import { ExampleChats } from './ExampleChats';
import type { Situation } from './situation';
import { SpeakersDialog } from './SpeakersDialog';
import { TemplateDialog } from './TemplateDialog';
import { TextRows } from './TextRows';
import styles from './TunePage.module.css';
import { Turns } from './Turns';
import { PAGE_SIZE } from './useLossMaskPreview';

type View = 'tokens' | 'text' | 'template';

/** Tokens of some conversations before training, with the loss mask. */
export function ChatsPane({ situation, adding }: { situation: Situation; adding: AddDataState }) {
  const { preview, isBusy, progress } = situation.lossMask;
  const [view, setView] = useState<View>('tokens');
  const { from, show, texts } = situation;
  const total = preview?.conversations ?? 0;
  const last = Math.min(total, from + PAGE_SIZE);
  const hint =
    total > 0
      ? last === from + 1
        ? `${formatCount(last)} of ${formatCount(total)}`
        : `${formatCount(from + 1)} to ${formatCount(last)} of ${formatCount(total)}`
      : undefined;
  return (
    <Pane
      title="Training preview"
      hint={hint}
      isFirstOnPhone
      aside={
        texts.length > 0 && (
          <>
            <Segmented<View>
              label="Show as"
              value={view}
              onChange={setView}
              options={[
                { value: 'tokens', label: 'Tokens' },
                { value: 'text', label: 'Text' },
                { value: 'template', label: 'Template' },
              ]}
            />
            <Pager what="conversations" from={from} size={PAGE_SIZE} of={total} onShow={show} />
          </>
        )
      }
    >
      {texts.length === 0 ? (
        <EmptyStage
          figure={<ExampleChats />}
          reason="JSON Lines in the OpenAI, ShareGPT or Alpaca format, or a table of questions and answers."
          action={
            <span className={styles.links}>
              <AddButton adding={adding} isNext />
              <UseTextChats />
            </span>
          }
        >
          {EMPTY.instruct.words}
        </EmptyStage>
      ) : (
        <>
          {isBusy && !preview && (
            <Block>
              <Progress
                label={progress?.label ?? 'Preparing the training preview'}
                detail=""
                value={progress?.done ?? 0}
                max={progress?.of ?? 0}
              />
            </Block>
          )}
          <Preview situation={situation} view={view} />
          <TextRows texts={texts} what="Chats" aside={<UseTextChats />} />
        </>
      )}
    </Pane>
  );
}

/** Offers chats between two people that are among the training texts. */
function UseTextChats() {
  const hasTexts = useStudio((s) => s.texts.length > 0);
  const [isOpen, setOpen] = useState(false);
  if (!hasTexts) return null;
  return (
    <>
      <TextAction onPress={() => setOpen(true)}>Use chats from a text…</TextAction>
      {isOpen && <SpeakersDialog onClose={() => setOpen(false)} />}
    </>
  );
}

function Preview({ situation, view }: { situation: Situation; view: View }) {
  const { preview, failure } = situation.lossMask;
  const setTuning = useStudio((s) => s.setTuning);
  const hasCustomTemplate = situation.tuning.template !== null;
  if (failure) {
    return (
      <Notice
        tone="error"
        isPlain
        title={headline(failure)}
        actions={
          hasCustomTemplate && (
            <Button isDense onPress={() => setTuning({ template: null })}>
              Use default template
            </Button>
          )
        }
      >
        {explain(failure)}
      </Notice>
    );
  }
  if (!preview) return null;
  if (view === 'template') return <Template template={preview.template} hasCustomTemplate={hasCustomTemplate} />;
  return (
    <>
      <div className={styles.examples} aria-busy={situation.lossMask.isBusy}>
        {preview.examples.map((example, i) => (
          <Turns key={`${example.name} ${String(i)}`} example={example} hasBorders={view === 'tokens'} />
        ))}
      </div>
      <div className={styles.legend}>
        <Term id="loss-mask">Loss mask</Term>
        <span>
          <i className={styles.lossKey} aria-hidden />
          trained on
        </span>
        <span>
          <i className={styles.readKey} aria-hidden />
          context only
        </span>
      </div>
      <ul className={styles.checks}>
        {situation.doubts.map(({ tone, words, detail }) => (
          <li key={words}>
            <Icon name={tone === 'ok' ? 'check' : tone === 'warn' ? 'warning' : 'error'} tone={tone} />
            <span>
              {words}
              <small>{detail}</small>
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

function Template({ template, hasCustomTemplate }: { template: string; hasCustomTemplate: boolean }) {
  const [isOpen, setOpen] = useState(false);
  const setTuning = useStudio((s) => s.setTuning);
  return (
    <div className={styles.template}>
      <p className={text.small}>
        Jinja <Term id="chat-template">chat template</Term>, saved with the model and its exports.{' '}
        <TextAction onPress={() => setOpen(true)}>Edit template…</TextAction>{' '}
        {hasCustomTemplate && (
          <TextAction onPress={() => setTuning({ template: null })}>Use default template</TextAction>
        )}
      </p>
      <pre tabIndex={0} role="group" aria-label="Chat template">
        {template}
      </pre>
      {isOpen && <TemplateDialog template={template} onClose={() => setOpen(false)} />}
    </div>
  );
}
